/* Digests, signatures, their printed forms, and ids. */

#include "base/digest.h"
#include "base/encoding.h"
#include "base/uuid.h"
#include "tests/unit/checking.h"

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void digests_match_published_vectors(void **state)
{
    (void)state;
    uint8_t digest[SHA256_BYTES];
    /* RFC 4231, test case 2. */
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    assert_text(hex_encode(&arena, digest, sizeof digest),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* RFC 4231, test case 1: another key, and the first one again. */
    hmac_sha256(STR("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
                STR("Hi There"), digest);
    assert_text(hex_encode(&arena, digest, sizeof digest),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    assert_text(hex_encode(&arena, digest, sizeof digest),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* RFC 4231 and 2202, test case 6: a key longer than a block. */
    char long_key[131];
    memset(long_key, 0xAA, sizeof long_key);
    struct str long_text = STR("Test Using Larger Than Block-Size Key - Hash Key First");
    hmac_sha256((struct str){long_key, sizeof long_key}, long_text, digest);
    assert_text(hex_encode(&arena, digest, sizeof digest),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hmac_sha1((struct str){long_key, 80}, &long_text, 1, digest);
    assert_text(hex_encode(&arena, digest, SHA1_BYTES), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    /* RFC 2202, test case 2. */
    const struct str parts[] = {STR("what do ya "), {0}, STR("want for nothing?")};
    hmac_sha1(STR("Jefe"), parts, 3, digest);
    assert_text(hex_encode(&arena, digest, SHA1_BYTES), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    sha256(STR("abc"), digest);
    assert_text(hex_encode(&arena, digest, sizeof digest),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(siphash((struct str){0}) == UINT64_C(0x726FDB47DD0E0E31));
    assert_true(siphash(STR("\0\1\2\3\4\5\6\7\x8\x9\xA\xB\xC\xD\xE")) == UINT64_C(0xA129CA6149BE45E5));
    assert_true(secret_eq(STR("same"), STR("same")) && !secret_eq(STR("same"), STR("sane")) &&
                !secret_eq(STR("same"), STR("sam")));
}

static void base64_goes_both_ways(void **state)
{
    (void)state;
    struct str bytes;
    assert_text(base64_encode(&arena, "ab", 2), "YWI=");
    assert_text(base64url_encode(&arena, "\xFB\xFF", 2), "-_8");
    assert_true(base64_decode(&arena, STR("YWI="), &bytes));
    assert_text(bytes, "ab");
    assert_false(base64_decode(&arena, STR("YW"), &bytes));
    assert_false(base64_decode(&arena, STR("Y!I="), &bytes));
    assert_false(base64_decode(&arena, STR("YWI=    "), &bytes));
    assert_false(base64_decode(&arena, STR("YW=I"), &bytes));
    assert_false(base64_decode(&arena, STR("===="), &bytes));
}

static void uuids_are_printed_read_and_ordered(void **state)
{
    (void)state;
    struct uuid id = uuid_random();
    struct uuid again;
    assert_true(uuid_from_text(uuid_text(&arena, id), &again) && uuid_eq(id, again));
    assert_false(uuid_from_text(STR("00000000-0000-0000-0000-00000000000"), &again));
    assert_false(uuid_from_text(STR("000000000000-0000-0000-0000-00000000"), &again));
    assert_true(memcmp(uuid_ordered(1000).bytes, uuid_ordered(2000).bytes, 16) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_match_published_vectors),
        cmocka_unit_test(base64_goes_both_ways),
        cmocka_unit_test(uuids_are_printed_read_and_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}

/* Does what a fuzzer holds for hold for what we know, whole and broken? It gets each golden file and each
 * conversation: as it stands, cut off, and with some bytes changed, always the same ones. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INPUT_BYTES ((size_t)4096)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t random_state = 1;

/* xorshift */
static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % below;
}

/* Memory of its own size, so that one byte too far is noticed. */
static void give(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len);
    if (!copy)
        abort();
    memcpy(copy, bytes, len);
    LLVMFuzzerTestOneInput(copy, len);
    free(copy);
}

/* The first byte chooses between cases. */
static void try_text(const uint8_t *text, size_t len)
{
    uint8_t broken[1 + INPUT_BYTES];
    broken[0] = (uint8_t)draw(256);
    memcpy(broken + 1, text, len);
    give(broken, 1 + len);
    for (uint32_t changes = draw(8); len && changes; changes--)
        broken[1 + draw((uint32_t)len)] = (uint8_t)draw(256);
    give(broken, 1 + draw((uint32_t)len + 1));
}

static int try_files_here(void)
{
    struct dirent **names;
    int count = scandir(".", &names, NULL, alphasort); /* so that the dice fall alike everywhere */
    int tried = 0;
    for (int i = 0; i < count; i++) {
        uint8_t text[INPUT_BYTES];
        FILE *file = names[i]->d_name[0] == '.' ? NULL : fopen(names[i]->d_name, "rb");
        if (file) {
            try_text(text, fread(text, 1, sizeof text, file));
            fclose(file);
            tried++;
        }
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return tried;
}

int main(void)
{
    static const char *const folders[] = {"golden/whatsapp", "golden/sms", "golden/voice", "golden/web",
                                          "conversations"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[4096];
        (void)snprintf(path, sizeof path, SOURCE_DIR "/tests/%s", folders[i]);
        if (chdir(path) != 0 || try_files_here() == 0) {
            (void)fprintf(stderr, "nothing to try in %s\n", path);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

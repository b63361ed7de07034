/* How is a word found among all words of all languages? */

#include "understand/lexicon.h"

#include "understand/sound.h"

#include <string.h>

/* Bytes of a word that is told by its sound; and of one whose spelling is. */
#define BY_EAR_LEAST   3
#define SPELLING_LEAST 4

const struct word_class_info WORD_CLASS_INFO[WORD_CLASS_COUNT] = {
#define X(name, section, shape, by_ear) [WORD_##name] = {section, SHAPE_##shape, by_ear},
    WORD_CLASSES(X)
#undef X
};

uint32_t lexicon_hash(uint32_t hash, struct str more)
{
    for (size_t i = 0; i < more.len; i++)
        hash = (hash ^ (unsigned char)more.data[i]) * 16777619u;
    return hash;
}

static struct word *slot_of(const struct words *words, struct str key, uint32_t hash)
{
    for (size_t at = hash & words->mask;; at = (at + 1) & words->mask) {
        struct word *word = &words->slots[at];
        if (word->key.len == 0 || (word->hash == hash && str_eq(word->key, key)))
            return word;
    }
}

const struct word *words_find(const struct words *words, struct str key, uint32_t hash)
{
    if (words->count == 0 || key.len == 0)
        return NULL;
    const struct word *word = slot_of(words, key, hash);
    return word->key.len > 0 ? word : NULL;
}

static void grow(struct words *words, struct arena *arena)
{
    struct words larger = {.mask = words->slots ? words->mask * 2 + 1 : 1023, .count = words->count};
    larger.slots = arena_new_array(arena, struct word, larger.mask + 1);
    for (size_t i = 0; words->slots && i <= words->mask; i++) {
        const struct word *word = &words->slots[i];
        if (word->key.len > 0)
            *slot_of(&larger, word->key, word->hash) = *word;
    }
    *words = larger;
}

struct word *words_put(struct words *words, struct str key, struct arena *arena)
{
    if (!words->slots || words->count * 2 > words->mask)
        grow(words, arena);
    uint32_t hash = lexicon_hash(LEXICON_HASH_START, key);
    struct word *word = slot_of(words, key, hash);
    if (word->key.len == 0) {
        *word = (struct word){.key = arena_copy(arena, key), .hash = hash};
        words->count++;
    }
    return word;
}

const struct word *lexicon_by_ear(const struct lexicon *lexicon, struct str word)
{
    char sound[SOUND_BYTES];
    struct str key = {sound, word.len < BY_EAR_LEAST ? 0 : sound_of(word, sound)};
    return words_find(&lexicon->sounds, key, lexicon_hash(LEXICON_HASH_START, key));
}

/* Of a word that nothing is known of. */
static struct str spelling_by_ear(struct str text, const struct word *sounded)
{
    for (const struct sense *sense = sounded ? sounded->senses : NULL; sense; sense = sense->next) {
        if (sense->class == WORD_SPELLING && !sense->is_doubtful && text.len >= SPELLING_LEAST)
            return sense->text;
    }
    return (struct str){0};
}

struct str word_spelling(struct str text, const struct word *written, const struct word *sounded)
{
    for (const struct sense *sense = written ? written->senses : NULL; sense; sense = sense->next) {
        if (sense->class == WORD_SPELLING)
            return sense->text;
    }
    return written ? (struct str){0} : spelling_by_ear(text, sounded);
}

struct str lexicon_spelling(const struct lexicon *lexicon, struct str word)
{
    const struct word *written = words_find(&lexicon->words, word, lexicon_hash(LEXICON_HASH_START, word));
    return word_spelling(word, written, written ? NULL : lexicon_by_ear(lexicon, word));
}

bool lexicon_has_language(const struct lexicon *lexicon, struct str language)
{
    for (size_t i = 0; i < lexicon->language_count; i++)
        if (str_eq(lexicon->languages[i], language))
            return true;
    return false;
}

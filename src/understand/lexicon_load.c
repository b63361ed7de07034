/* How do the `words:` of the language files become one lexicon, and what may be wrong with them? */

#include "base/folder.h"
#include "base/yaml.h"
#include "understand/lexicon_frames.h"
#include "understand/respell.h"
#include "understand/sound.h"
#include "understand/token.h"

#include <stdlib.h>
#include <string.h>

#define LIST_FIRST         64 /* room of a list at first; a power of two, as what it is doubled to */
#define PHRASE_WORDS_MAX   8
#define HEARD_HEAD_LETTERS 3

struct loading {
    struct lexicon *lexicon;
    struct frame *frames;
    size_t frame_count;
    struct combined_command *combined;
    struct number_name *months;
    struct number_name *tens;
    struct slip_word *slip_words;
    int parts; /* numbers given to parts of combined commands */
    uint8_t language;
    struct arena *arena;
    struct problems *problems;
};

static const struct {
    const char *name;
    enum command command;
} COMMANDS[] = {
    {"help", COMMAND_HELP},       {"stop", COMMAND_STOP},     {"start", COMMAND_START},
    {"restart", COMMAND_RESTART}, {"back", COMMAND_BACK},     {"language", COMMAND_LANGUAGE},
    {"agent", COMMAND_AGENT},     {"status", COMMAND_STATUS}, {"delete_data", COMMAND_DELETE_DATA},
    {"bot", COMMAND_BOT},
};

/* The list itself, or where it is full a copy with twice the room. */
static void *with_room(const struct loading *loading, void *list, size_t count, size_t bytes)
{
    size_t room = LIST_FIRST;
    while (room < count)
        room *= 2;
    if (count > 0 && count < room)
        return list;
    void *roomy = arena_alloc_array(loading->arena, count > 0 ? 2 * room : room, bytes);
    return count > 0 ? memcpy(roomy, list, count * bytes) : roomy;
}

static void add_sense(struct loading *loading, struct words *words, struct str key, const struct sense *sense)
{
    struct sense **end = &words_put(words, key, loading->arena)->senses;
    for (; *end; end = &(*end)->next) {
        const struct sense *other = *end;
        if (other->class == sense->class && other->value == sense->value && str_eq(other->text, sense->text))
            return;
    }
    *end = arena_new(loading->arena, struct sense);
    **end = *sense;
}

/* Two words that sound alike and mean different things cannot be told apart by ear. */
static void add_sound(struct loading *loading, struct str name, const struct sense *sense)
{
    char sound[SOUND_BYTES];
    struct str key = {sound, sound_of(name, sound)};
    if (key.len < 2)
        return;
    struct words *sounds = &loading->lexicon->sounds;
    add_sense(loading, sounds, key, sense);
    struct sense *senses = words_put(sounds, key, loading->arena)->senses;
    int alike = 0;
    for (const struct sense *other = senses; other; other = other->next)
        alike += other->class == sense->class;
    for (struct sense *other = senses; other && alike > 1; other = other->next)
        other->is_doubtful = other->is_doubtful || other->class == sense->class;
}

/* The phrase's words with single blanks between: the key under which it is looked up. */
static struct str phrase_key(struct loading *loading, const struct yaml *node, struct str text, size_t *count)
{
    struct tokens tokens = tokens_of(loading->arena, text);
    struct buf key = {.arena = loading->arena};
    *count = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *token = &tokens.list[i];
        if (token->kind == TOKEN_MARK)
            continue;
        if (key.len > 0)
            buf_put_char(&key, ' ');
        buf_put(&key, token->text);
        ++*count;
    }
    if (*count > PHRASE_WORDS_MAX)
        yaml_problem(loading->problems, node, "a phrase has at most %d words", PHRASE_WORDS_MAX);
    return buf_str(&key);
}

/* Words of numbers, times, commands and confirmations; months have their own, wider rule. */
static void add_slip_word(struct loading *loading, struct str word, const struct sense *sense)
{
    static const enum word_class classes[] = {
        WORD_NUMBER,    WORD_TENS,     WORD_ORDINAL, WORD_MULTIPLE,   WORD_DAY_PART,     WORD_OCLOCK,
        WORD_HOUR_PART, WORD_RELATIVE, WORD_KNOW,    WORD_HOUR_SHIFT, WORD_COMMAND_PART, WORD_COMMAND,
        WORD_LANGUAGE,  WORD_RIGHT,    WORD_WRONG,   WORD_CHANGE,     WORD_FIELD};
    struct lexicon *lexicon = loading->lexicon;
    bool is_seen_through = false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        is_seen_through = is_seen_through || sense->class == classes[i];
    bool is_latin = (unsigned char)word.data[0] < 0x80; /* elsewhere a letter is several bytes */
    if (!is_seen_through || !is_latin || word.len < SLIP_WORD_LETTERS)
        return;
    loading->slip_words =
        with_room(loading, loading->slip_words, lexicon->slip_word_count, sizeof *loading->slip_words);
    loading->slip_words[lexicon->slip_word_count++] =
        (struct slip_word){word, sense->class, sense->value, sense->text};
}

static void add_number_name(const struct loading *loading, struct number_name **list, size_t *count,
                            struct str name, int number)
{
    *list = with_room(loading, *list, *count, sizeof **list);
    (*list)[(*count)++] = (struct number_name){name, number};
}

static void add_phrase(struct loading *loading, const struct yaml *node, struct str text,
                       const struct sense *sense)
{
    size_t count;
    struct str key = phrase_key(loading, node, text, &count);
    if (count == 0) {
        yaml_problem(loading->problems, node, "there is no word in \"%.*s\"", STR_ARG(text));
        return;
    }
    struct lexicon *lexicon = loading->lexicon;
    for (size_t i = 0; i < key.len; i++) {
        if (key.data[i] == ' ')
            words_put(&lexicon->words, str_slice(key, 0, i), loading->arena)->continues = true;
    }
    add_sense(loading, &lexicon->words, key, sense);
    if (count == 1 && WORD_CLASS_INFO[sense->class].is_by_ear)
        add_sound(loading, key, sense);
    if (count == 1)
        add_slip_word(loading, key, sense);
    if (count == 1 && sense->class == WORD_MONTH)
        add_number_name(loading, &loading->months, &lexicon->month_name_count, key, sense->value);
    if (count == 1 && sense->class == WORD_TENS)
        add_number_name(loading, &loading->tens, &lexicon->ten_count, key, sense->value);
}

/* "one|other + one|other": each part becomes words of its own, the command waits for all of them. */
static void add_combined(struct loading *loading, const struct yaml *node, enum command command)
{
    struct lexicon *lexicon = loading->lexicon;
    if (lexicon->combined_count == COMBINED_MAX) {
        yaml_problem(loading->problems, node, "more than %d combined commands", COMBINED_MAX);
        return;
    }
    struct combined_command *combined = &loading->combined[lexicon->combined_count++];
    combined->command = command;
    struct str rest = node->text, part;
    while (str_cut(&rest, '+', &part)) {
        if (combined->count == COMBINED_PARTS_MAX) {
            yaml_problem(loading->problems, node, "at most %d parts", COMBINED_PARTS_MAX);
            return;
        }
        int number = combined->parts[combined->count++] = loading->parts++;
        struct str alternative;
        while (str_cut(&part, '|', &alternative)) {
            struct sense sense = {.class = WORD_COMMAND_PART, .value = number, .language = loading->language};
            add_phrase(loading, node, alternative, &sense);
        }
    }
}

static void add_frame(struct loading *loading, const struct yaml *node)
{
    size_t gap = str_find(node->text, STR("{}")), count;
    if (gap == STR_NONE) {
        yaml_problem(loading->problems, node, "a frame needs {} for the answer");
        return;
    }
    loading->frames = with_room(loading, loading->frames, loading->frame_count, sizeof *loading->frames);
    struct frame *frame = &loading->frames[loading->frame_count++];
    frame->before = phrase_key(loading, node, str_slice(node->text, 0, gap), &count);
    frame->after = phrase_key(loading, node, str_slice(node->text, gap + 2, node->text.len), &count);
}

/* "haii" is hai as much as "h" is: what people draw out or double is told by ear. */
static void add_head_sound(struct loading *loading, const struct sense *sense)
{
    if (sense->text.len >= HEARD_HEAD_LETTERS)
        add_sound(loading, sense->text, sense);
}

static void load_list(struct loading *loading, const struct yaml *list, const struct sense *sense)
{
    if (list->kind != YAML_LIST) {
        yaml_problem(loading->problems, list, "a list of words is needed here");
        return;
    }
    for (const struct yaml *node = list->first; node; node = node->next) {
        if (node->kind != YAML_SCALAR)
            yaml_problem(loading->problems, node, "a word or phrase is needed here");
        else if (WORD_CLASS_INFO[sense->class].shape == SHAPE_FRAMES)
            add_frame(loading, node);
        else if (sense->class == WORD_COMMAND && str_find_char(node->text, '+') != STR_NONE)
            add_combined(loading, node, (enum command)sense->value);
        else
            add_phrase(loading, node, node->text, sense);
    }
}

/* What a key of a section means; false (and a problem) when it means nothing. */
static bool read_key(struct loading *loading, const struct yaml *node, enum word_shape shape,
                     struct sense *sense)
{
    int64_t number;
    sense->text = node->key;
    if (shape == SHAPE_KEYED)
        return true;
    if (shape == SHAPE_NUMBERED) {
        bool is_number = str_to_int64(node->key, &number) && number >= -1000 && number <= 1000;
        if (!is_number)
            yaml_problem(loading->problems, node, "the key must be a whole number");
        sense->value = is_number ? (int)number : 0;
        sense->text = (struct str){0};
        return is_number;
    }
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        if (str_eq(node->key, str_from(COMMANDS[i].name))) {
            sense->value = (int)COMMANDS[i].command;
            return true;
        }
    }
    yaml_problem(loading->problems, node, "there is no command \"%.*s\"", STR_ARG(node->key));
    return false;
}

static void note_asked(struct loading *loading, const struct yaml *node)
{
    struct lexicon *lexicon = loading->lexicon;
    for (size_t i = 0; i < lexicon->asked_count; i++)
        if (str_eq(lexicon->asked[i], node->key))
            return;
    if (lexicon->asked_count == ASKED_MAX)
        yaml_problem(loading->problems, node, "more than %d kinds of questions that people ask back",
                     ASKED_MAX);
    else
        lexicon->asked[lexicon->asked_count++] = node->key;
}

static void load_section(struct loading *loading, const struct yaml *section, enum word_class class)
{
    enum word_shape shape = WORD_CLASS_INFO[class].shape;
    struct sense sense = {.class = class, .language = loading->language};
    if (shape == SHAPE_LIST || shape == SHAPE_FRAMES) {
        load_list(loading, section, &sense);
        return;
    }
    if (section->kind != YAML_MAP) {
        yaml_problem(loading->problems, section, "a map is needed here");
        return;
    }
    for (const struct yaml *node = section->first; node; node = node->next) {
        if (!read_key(loading, node, shape, &sense))
            continue;
        load_list(loading, node, &sense);
        if (class == WORD_ASKED)
            note_asked(loading, node);
        if (class == WORD_SPELLING)
            add_head_sound(loading, &sense);
    }
}

static void load_words(struct loading *loading, const struct yaml *words)
{
    if (words->kind != YAML_MAP) {
        yaml_problem(loading->problems, words, "words: needs sections");
        return;
    }
    for (const struct yaml *section = words->first; section; section = section->next) {
        size_t class = 0;
        while (class < WORD_COMMAND_PART && !str_eq(section->key, str_from(WORD_CLASS_INFO[class].section)))
            class ++;
        if (class < WORD_COMMAND_PART)
            load_section(loading, section, (enum word_class) class);
        else
            yaml_problem(loading->problems, section, "there is no section \"%.*s\" of words",
                         STR_ARG(section->key));
    }
}

static void load_file(struct loading *loading, const struct folder_file *file)
{
    struct lexicon *lexicon = loading->lexicon;
    if (lexicon->language_count == LANGUAGES_MAX) {
        problem_add(loading->problems, str_from(file->path), 0, 0, "more than %d languages", LANGUAGES_MAX);
        return;
    }
    const struct yaml *root = yaml_load(file->path, loading->arena, loading->problems);
    const struct yaml *words = yaml_get(root, "words");
    loading->language = (uint8_t)lexicon->language_count;
    lexicon->languages[lexicon->language_count++] = file->id;
    if (words)
        load_words(loading, words);
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct number_name *)a)->name, ((const struct number_name *)b)->name);
}

static int by_word(const void *a, const void *b)
{
    return str_compare(((const struct slip_word *)a)->word, ((const struct slip_word *)b)->word);
}

/* A language need not have any of a kind; then there is no list. */
static void sort(void *list, size_t count, size_t bytes, int (*compare)(const void *a, const void *b))
{
    if (list)
        qsort(list, count, bytes, compare);
}

const struct lexicon *lexicon_load(const char *folder, struct arena *arena, struct problems *problems)
{
    size_t before = problems->count;
    struct folder_file files[FOLDER_FILES_MAX];
    size_t count = folder_files(folder, files, arena, problems);
    struct loading loading = {
        .lexicon = arena_new(arena, struct lexicon),
        .combined = arena_new_array(arena, struct combined_command, COMBINED_MAX),
        .arena = arena,
        .problems = problems,
    };
    struct lexicon *lexicon = loading.lexicon;
    for (size_t i = 0; i < count; i++)
        load_file(&loading, &files[i]);
    lexicon_put_frames(lexicon, loading.frames, loading.frame_count, arena);
    lexicon->combined = loading.combined;
    sort(loading.months, lexicon->month_name_count, sizeof *loading.months, by_name);
    lexicon->month_names = loading.months;
    sort(loading.tens, lexicon->ten_count, sizeof *loading.tens, by_name);
    lexicon->tens = loading.tens;
    sort(loading.slip_words, lexicon->slip_word_count, sizeof *loading.slip_words, by_word);
    lexicon->slip_words = loading.slip_words;
    return problems->count == before ? lexicon : NULL;
}

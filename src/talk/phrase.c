/* What are the words for this, in that language?
 *
 * A language's phrases are one sorted table of dotted names, with an index by hash; the nesting of the file
 * is only for its reader. */

#include "talk/phrase.h"

#include "base/folder.h"
#include "base/yaml.h"
#include "understand/lexicon.h"

#include <stdlib.h>

#define NAME_BYTES  160
#define LATIN       STR("-Latn")
#define FALLBACK    STR("en")
#define DEPTH_MAX   8
#define ENTRIES_MAX 2048
#define PIECES_MAX  16
#define SLOTS_FIRST 64 /* a power of two, as what it is doubled to */
#define FLOW_BYTES  4  /* of a flow's name that its own phrases are found by */

struct book_language {
    struct str id;
    struct str spoken; /* of "hi-Latn" hi: whose words it writes in Latin letters; else empty */
    struct str own_name;
    struct phrase_entry *entries;
    size_t count;
    const struct phrase_entry **slots; /* the same by their names' hash, open addressing; NULL: free */
    size_t mask;
};

struct phrasebook {
    struct book_language languages[LANGUAGES_MAX];
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct phrase_entry *)a)->name, ((const struct phrase_entry *)b)->name);
}

/* What stands before each gap, and the gap; behind the last one there is none. */
static void cut_pieces(struct phrase_entry *entry, const struct yaml *node, struct arena *arena,
                       struct problems *problems)
{
    struct phrase_piece pieces[PIECES_MAX];
    struct str rest = entry->text;
    size_t count = 0, open, close;
    while ((open = str_find_char(rest, '{')) != STR_NONE && (close = str_find_char(rest, '}')) != STR_NONE &&
           close > open && count < PIECES_MAX - 1) {
        pieces[count++] = (struct phrase_piece){str_slice(rest, 0, open), str_slice(rest, open + 1, close)};
        rest = str_slice(rest, close + 1, rest.len);
    }
    if (count == PIECES_MAX - 1)
        yaml_problem(problems, node, "a phrase has fewer than %d gaps", PIECES_MAX - 1);
    pieces[count++] = (struct phrase_piece){.words = rest};
    entry->piece_count = count;
    entry->pieces =
        memcpy(arena_new_array(arena, struct phrase_piece, count), pieces, count * sizeof *pieces);
}

static void read_entries(const struct yaml *node, struct str prefix, int depth,
                         struct book_language *language, struct arena *arena, struct problems *problems)
{
    if (node->kind == YAML_MAP && depth < DEPTH_MAX) {
        for (const struct yaml *member = node->first; member; member = member->next) {
            struct str name = arena_printf(arena, "%.*s%s%.*s", STR_ARG(prefix), prefix.len ? "." : "",
                                           STR_ARG(member->key));
            read_entries(member, name, depth + 1, language, arena, problems);
        }
    } else if (node->kind != YAML_SCALAR || node->text.len == 0) {
        yaml_problem(problems, node, "a phrase must be a text");
    } else if (prefix.len >= NAME_BYTES || language->count == ENTRIES_MAX) {
        yaml_problem(problems, node, "too many phrases, or too long a name");
    } else {
        struct phrase_entry *entry = &language->entries[language->count++];
        *entry = (struct phrase_entry){.name = prefix,
                                       .text = node->text,
                                       .file = node->file,
                                       .line = node->line,
                                       .column = node->column};
        cut_pieces(entry, node, arena, problems);
    }
}

static void take_slot(struct book_language *language, uint32_t hash, const struct phrase_entry *entry)
{
    size_t at = hash & language->mask;
    while (language->slots[at])
        at = (at + 1) & language->mask;
    language->slots[at] = entry;
}

/* The name is hashed once, for the flow's own phrase and the common one; flows are few, and their first
 * letters tell them apart well enough. */
static uint32_t own_hash(uint32_t name_hash, struct str flow)
{
    return lexicon_hash(name_hash, str_slice(flow, 0, FLOW_BYTES));
}

/* By the whole name, and as what a flow may be called and the rest. */
static void index_entries(struct book_language *language, struct arena *arena)
{
    size_t slots = SLOTS_FIRST;
    while (slots < 4 * language->count) /* of which an entry takes at most two */
        slots *= 2;
    language->slots = arena_alloc_array(arena, slots, sizeof *language->slots);
    language->mask = slots - 1;
    for (size_t i = 0; i < language->count; i++) {
        const struct phrase_entry *entry = &language->entries[i];
        struct str rest = entry->name, flow;
        take_slot(language, lexicon_hash(LEXICON_HASH_START, entry->name), entry);
        if (str_cut(&rest, '.', &flow) && rest.data)
            take_slot(language, own_hash(lexicon_hash(LEXICON_HASH_START, rest), flow), entry);
    }
}

static void read_language(struct phrasebook *book, const struct folder_file *file, struct arena *arena,
                          struct problems *problems)
{
    const struct yaml *root = yaml_load(file->path, arena, problems);
    const struct yaml *phrases = yaml_get(root, "phrases");
    if (!root || yaml_is_null(phrases))
        return;
    if (book->count == LANGUAGES_MAX) {
        yaml_problem(problems, phrases, "more than %d languages", LANGUAGES_MAX);
        return;
    }
    struct book_language *language = &book->languages[book->count++];
    struct str own_name = yaml_text(yaml_get(root, "name"));
    *language = (struct book_language){
        .id = file->id,
        .spoken =
            str_ends(file->id, LATIN) ? str_slice(file->id, 0, file->id.len - LATIN.len) : (struct str){0},
        .own_name = own_name.len ? own_name : file->id,
        .entries = arena_new_array(arena, struct phrase_entry, ENTRIES_MAX),
    };
    read_entries(phrases, (struct str){0}, 0, language, arena, problems);
    qsort(language->entries, language->count, sizeof *language->entries, by_name);
    index_entries(language, arena);
}

const struct phrasebook *phrasebook_load(const char *folder, struct arena *arena, struct problems *problems)
{
    size_t problems_before = problems->count;
    struct folder_file files[FOLDER_FILES_MAX];
    size_t count = folder_files(folder, files, arena, problems);
    struct phrasebook *book = arena_new(arena, struct phrasebook);
    for (size_t i = 0; i < count; i++)
        read_language(book, &files[i], arena, problems);
    if (book->count == 0)
        problem_add(problems, str_from(folder), 0, 0, "no language here has a section \"phrases\"");
    return problems->count == problems_before ? book : NULL;
}

size_t phrasebook_languages(const struct phrasebook *book, struct str *out, size_t most)
{
    size_t count = book->count < most ? book->count : most;
    for (size_t i = 0; i < count; i++)
        out[i] = book->languages[i].id;
    return count;
}

static const struct book_language *find_language(const struct phrasebook *book, struct str id)
{
    for (size_t i = 0; i < book->count; i++)
        if (str_eq(book->languages[i].id, id))
            return &book->languages[i];
    for (size_t i = 0; i < book->count; i++)
        if (str_eq_nocase(book->languages[i].id, id))
            return &book->languages[i];
    return NULL;
}

struct str phrasebook_language(const struct phrasebook *book, struct str wanted)
{
    const struct book_language *language = find_language(book, wanted);
    for (size_t i = 0; !language && i < wanted.len; i++)
        if (wanted.data[i] == '-' || wanted.data[i] == '_')
            language = find_language(book, str_slice(wanted, 0, i));
    return language ? language->id : (struct str){0};
}

struct str phrasebook_in_latin(const struct phrasebook *book, struct str language)
{
    for (size_t i = 0; language.len && i < book->count; i++)
        if (str_eq_nocase(book->languages[i].spoken, language))
            return book->languages[i].id;
    return (struct str){0};
}

struct str phrasebook_spoken(const struct phrasebook *book, struct str language)
{
    size_t dash = str_find(language, STR("-Latn"));
    const struct book_language *spoken =
        dash == STR_NONE ? NULL : find_language(book, str_slice(language, 0, dash));
    return spoken ? spoken->id : language;
}

struct str phrasebook_language_name(const struct phrasebook *book, struct str language)
{
    const struct book_language *found = find_language(book, language);
    return found ? found->own_name : language;
}

const struct phrase_entry *phrasebook_entries(const struct phrasebook *book, struct str language,
                                              size_t *count)
{
    const struct book_language *found = find_language(book, language);
    *count = found ? found->count : 0;
    return found ? found->entries : NULL;
}

/* A phrase's name, as it is looked up. */
struct wanted {
    struct str name, suffix;
    uint32_t hash; /* of both */
};

static struct wanted wanted_of(struct str name, struct str suffix)
{
    return (struct wanted){name, suffix, lexicon_hash(lexicon_hash(LEXICON_HASH_START, name), suffix)};
}

/* Is the text what stands before, and then the name? */
static bool is_named(struct str text, struct str flow, const struct wanted *wanted)
{
    size_t before = flow.len > 0 ? flow.len + 1 : 0; /* the dot */
    return text.len == before + wanted->name.len + wanted->suffix.len && str_starts(text, flow) &&
           str_starts(str_slice(text, before, text.len), wanted->name) && str_ends(text, wanted->suffix) &&
           (before == 0 || text.data[flow.len] == '.');
}

/* The flow's own; an empty flow means the common one. */
static const struct phrase_entry *look_up(const struct book_language *language, struct str flow,
                                          const struct wanted *wanted)
{
    size_t at = (flow.len > 0 ? own_hash(wanted->hash, flow) : wanted->hash) & language->mask;
    while (language->slots[at] && !is_named(language->slots[at]->name, flow, wanted))
        at = (at + 1) & language->mask;
    return language->slots[at];
}

static const struct phrase_entry *find_entry(const struct book_language *language, struct str flow,
                                             const char *name, enum manner manner)
{
    if (!language)
        return NULL;
    const struct phrase_entry *entry = NULL;
    struct wanted plain = wanted_of(str_from(name), (struct str){0});
    if (manner == MANNER_SPOKEN) {
        struct wanted voice = wanted_of(plain.name, STR(".voice"));
        entry = flow.len ? look_up(language, flow, &voice) : NULL;
        if (!entry && !(flow.len && look_up(language, flow, &plain)))
            entry = look_up(language, (struct str){0}, &voice);
    }
    if (!entry && flow.len)
        entry = look_up(language, flow, &plain);
    return entry ? entry : look_up(language, (struct str){0}, &plain);
}

const struct phrase_entry *phrase_find(const struct phrasebook *book, struct str language, struct str flow,
                                       const char *name)
{
    return find_entry(find_language(book, language), flow, name, MANNER_WRITTEN);
}

bool phrase_exists(const struct phrasebook *book, struct str language, struct str flow, const char *name)
{
    return phrase_find(book, language, flow, name) != NULL;
}

static struct str filling_for(const struct filling *fillings, struct str gap)
{
    for (; fillings && fillings->name; fillings++)
        if (str_eq(gap, str_from(fillings->name)))
            return fillings->value;
    return (struct str){0};
}

static struct str fill(const struct phrase_entry *entry, const struct filling *fillings, struct arena *arena)
{
    struct str parts[2 * PIECES_MAX];
    if (entry->piece_count == 1)
        return entry->text;
    for (size_t i = 0; i < entry->piece_count; i++) {
        parts[2 * i] = entry->pieces[i].words;
        parts[2 * i + 1] = filling_for(fillings, entry->pieces[i].gap);
    }
    return arena_join_all(arena, parts, 2 * entry->piece_count);
}

static struct str fill_entry(const struct phrase_entry *entry, const char *name,
                             const struct filling *fillings, struct arena *arena)
{
    struct str text = entry ? fill(entry, fillings, arena) : (struct str){0};
    return text.len ? text : arena_copy(arena, str_from(name));
}

struct str phrase(const struct phrasebook *book, struct str language, struct str flow, const char *name,
                  enum manner manner, const struct filling *fillings, struct arena *arena)
{
    const struct phrase_entry *entry = find_entry(find_language(book, language), flow, name, manner);
    if (!entry)
        entry = find_entry(find_language(book, FALLBACK), flow, name, manner);
    return fill_entry(entry, name, fillings, arena);
}

struct str phrase_if_any(const struct phrasebook *book, struct str language, struct str flow,
                         const char *name, enum manner manner, const struct filling *fillings,
                         struct arena *arena)
{
    const struct book_language *found = find_language(book, language);
    const struct phrase_entry *entry = find_entry(found, flow, name, MANNER_WRITTEN);
    if (entry && manner == MANNER_SPOKEN)
        entry = find_entry(found, flow, name, manner);
    return entry ? fill_entry(entry, name, fillings, arena) : (struct str){0};
}

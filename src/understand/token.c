/* Where does a word end, and which letters are digits in disguise? */

#include "understand/token.h"

#include <string.h>

#define TOKENS_USUAL 8 /* of an answer */

struct cutting {
    struct tokens tokens;
    struct str text;
    size_t at; /* next byte of the folded text */
    size_t capacity;
    struct arena *arena;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint32_t point_at(struct str text, size_t at, size_t *bytes)
{
    if (at >= text.len) {
        *bytes = 0;
        return 0;
    }
    struct str rest = str_slice(text, at, text.len);
    size_t before = rest.len;
    uint32_t point = utf8_next(&rest);
    *bytes = before - rest.len;
    return point;
}

static bool letter_at(struct str text, size_t at, size_t *bytes)
{
    if (at < text.len && (unsigned char)text.data[at] < 0x80) {
        *bytes = 1;
        return is_ascii_letter(text.data[at]);
    }
    uint32_t point = point_at(text, at, bytes);
    return *bytes > 0 && point_is_letter(point);
}

static void grow(struct cutting *cutting)
{
    const struct token *list = cutting->tokens.list;
    cutting->capacity = cutting->capacity > 0 ? cutting->capacity * 2 : TOKENS_USUAL;
    cutting->tokens.list = arena_new_array(cutting->arena, struct token, cutting->capacity);
    if (list)
        memcpy(cutting->tokens.list, list, cutting->tokens.count * sizeof *list);
}

static struct token *add(struct cutting *cutting, enum token_kind kind, size_t from, size_t to)
{
    if (cutting->tokens.count == cutting->capacity)
        grow(cutting);
    struct token *token = &cutting->tokens.list[cutting->tokens.count++];
    *token = (struct token){
        .kind = kind,
        .is_glued = from > 0 && cutting->text.data[from - 1] != ' ',
        .text = str_slice(cutting->text, from, to),
        .from = cutting->tokens.folded.origins[from],
        .to = cutting->tokens.folded.origins[to],
        .fold_from = (uint32_t)from,
        .fold_to = (uint32_t)to,
    };
    cutting->at = to;
    return token;
}

/* A run such as "l5", "O8", "199O": the value of its digits when it is one, else false. */
static bool is_number_in_disguise(struct str run)
{
    size_t digits = 0;
    for (size_t i = 0; i < run.len; i++) {
        if (is_digit(run.data[i]))
            digits++;
        else if (run.data[i] != 'o' && run.data[i] != 'l' && run.data[i] != 'i')
            return false;
    }
    return digits > 0 && digits * 2 >= run.len;
}

static struct str as_digits(struct arena *arena, struct str run)
{
    char *digits = arena_alloc(arena, run.len);
    for (size_t i = 0; i < run.len; i++) {
        char c = run.data[i];
        digits[i] = (char)(c == 'o' ? '0' : is_digit(c) ? c : '1');
    }
    return (struct str){digits, run.len};
}

static void set_number(struct token *token, struct str digits)
{
    token->text = digits;
    token->digits = digits.len > 255 ? 255 : (uint8_t)digits.len;
    int64_t value;
    token->number = digits.len <= 9 && str_to_int64(digits, &value) ? (int32_t)value : -1;
}

static bool take_number(struct cutting *cutting)
{
    struct str text = cutting->text;
    size_t from = cutting->at, to = from;
    while (to < text.len && (is_digit(text.data[to]) || (text.data[to] >= 'a' && text.data[to] <= 'z')))
        to++;
    struct str run = str_slice(text, from, to);
    bool is_begun = from > 0 && (is_digit(text.data[from - 1]) || (unsigned char)text.data[from - 1] >= 0x80);
    if (!is_begun && run.len > 1 && is_number_in_disguise(run)) {
        set_number(add(cutting, TOKEN_NUMBER, from, to), as_digits(cutting->arena, run));
        return true;
    }
    if (!is_digit(text.data[from]))
        return false;
    for (to = from; to < text.len && is_digit(text.data[to]);)
        to++;
    set_number(add(cutting, TOKEN_NUMBER, from, to), str_slice(text, from, to));
    return true;
}

/* The word's letters alone: "i'm" and "im" are one word. */
static struct str without_marks(struct arena *arena, struct str word)
{
    if (str_find_char(word, '\'') == STR_NONE && str_find_char(word, '.') == STR_NONE)
        return word;
    char *letters = arena_alloc(arena, word.len);
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] != '\'' && word.data[i] != '.')
            letters[len++] = word.data[i];
    }
    return (struct str){letters, len};
}

/* "a.m." and "d.o.b": single letters with dots and no blanks between them. */
static size_t abbreviation_end(struct str text, size_t from)
{
    size_t bytes, next, at = from, letters = 0;
    while (letter_at(text, at, &bytes) && !letter_at(text, at + bytes, &next)) {
        letters++;
        at += bytes;
        if (at >= text.len || text.data[at] != '.')
            break;
        at++;
    }
    return letters >= 2 ? at : from;
}

static bool take_word(struct cutting *cutting)
{
    struct str text = cutting->text;
    size_t from = cutting->at, bytes, next;
    if (!letter_at(text, from, &bytes))
        return false;
    size_t to = abbreviation_end(text, from);
    if (to == from) {
        while (letter_at(text, to, &bytes)) {
            to += bytes;
            if (to < text.len && text.data[to] == '\'' && letter_at(text, to + 1, &next))
                to++;
        }
    }
    struct token *token = add(cutting, TOKEN_WORD, from, to);
    token->text = without_marks(cutting->arena, token->text);
    return true;
}

struct tokens tokens_of(struct arena *arena, struct str text)
{
    struct cutting cutting = {.arena = arena};
    cutting.tokens.folded = text_fold_mapped(arena, text);
    cutting.text = cutting.tokens.folded.text;
    while (cutting.at < cutting.text.len) {
        if (cutting.text.data[cutting.at] == ' ') {
            cutting.at++;
            continue;
        }
        if (take_number(&cutting) || take_word(&cutting))
            continue;
        size_t bytes;
        uint32_t point = point_at(cutting.text, cutting.at, &bytes);
        add(&cutting, point_is_symbol(point) ? TOKEN_SYMBOL : TOKEN_MARK, cutting.at, cutting.at + bytes);
    }
    return cutting.tokens;
}

/* Which of the sentences around an answer ("my name is {}") may have been said? */

#include "understand/lexicon_frames.h"

/* A frame's words as tokens are respelt, so that "mujhe {} kehte hain" has "kehte h" too. */
static struct str respelt(const struct lexicon *lexicon, struct str words, struct arena *arena)
{
    struct buf text = {.arena = arena};
    struct str word;
    while (str_cut(&words, ' ', &word)) {
        struct str spelling = lexicon_spelling(lexicon, word);
        if (text.len > 0)
            buf_put_char(&text, ' ');
        buf_put(&text, spelling.len > 0 ? spelling : word);
    }
    return buf_str(&text);
}

static size_t count_words(struct str words)
{
    size_t count = words.len > 0;
    for (size_t i = 0; i < words.len; i++)
        count += words.data[i] == ' ';
    return count;
}

static void respell(const struct lexicon *lexicon, struct frame *frame, struct arena *arena)
{
    frame->before = respelt(lexicon, frame->before, arena);
    frame->after = respelt(lexicon, frame->after, arena);
    frame->after_count = count_words(frame->after);
}

static struct str first_word(const struct frame *frame)
{
    return frame->before;
}

static struct str last_word(const struct frame *frame)
{
    struct str rest = frame->after, word = {0};
    while (str_cut(&rest, ' ', &word))
        continue;
    return word;
}

/* By their initials: of hundreds of frames a few have that of a word that was said. */
static void list_by(struct frame_list lists[static UINT8_MAX + 1], const struct frame *frames, size_t count,
                    struct str (*word_of)(const struct frame *), struct arena *arena)
{
    const struct frame **next = arena_new_array(arena, const struct frame *, count);
    for (int initial = 0; initial <= UINT8_MAX; initial++) {
        struct frame_list *list = &lists[initial];
        list->frames = next;
        for (size_t i = 0; i < count; i++) {
            struct str word = word_of(&frames[i]);
            if (word.len > 0 && (unsigned char)word.data[0] == initial)
                list->frames[list->count++] = &frames[i];
        }
        next += list->count;
    }
}

void lexicon_put_frames(struct lexicon *lexicon, struct frame *frames, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++)
        respell(lexicon, &frames[i], arena);
    list_by(lexicon->frames_before, frames, count, first_word, arena);
    list_by(lexicon->frames_after, frames, count, last_word, arena);
}

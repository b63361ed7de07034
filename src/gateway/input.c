/* What does the conversation get to hear of a message? */

#include "gateway/input.h"

/* Longer, and people wonder whether they were heard. */
#define LATE_MS 60000

static enum input_kind kind_of(enum inbound_kind kind)
{
    switch (kind) {
    case INBOUND_TEXT:
    case INBOUND_DIGITS:
    case INBOUND_SPEECH:
        return INPUT_WORDS;
    case INBOUND_CHOICE:
        return INPUT_CHOICE;
    case INBOUND_LOCATION:
        return INPUT_LOCATION;
    case INBOUND_FORM:
        return INPUT_FIELDS;
    case INBOUND_CALL:
        return INPUT_BEGIN;
    case INBOUND_MEDIA:
    case INBOUND_CONTACTS:
    case INBOUND_REACTION:
    case INBOUND_SYSTEM:
    case INBOUND_SILENCE:
    case INBOUND_UNSUPPORTED:
        return INPUT_OTHER;
    }
    return INPUT_OTHER;
}

static enum hearing hearing_of(enum inbound_kind kind)
{
    return kind == INBOUND_DIGITS ? HEARD_KEYPAD : kind == INBOUND_SPEECH ? HEARD_SPEECH : HEARD_TEXT;
}

struct input input_from(const struct channel_conf *conf, const struct inbound *said, bool is_opted_out,
                        bool provider_answers_help, int64_t now_ms, struct arena *arena)
{
    struct input input = {
        .kind = kind_of(said->kind),
        .text = said->kind == INBOUND_CHOICE ? said->choice_title : said->text,
        .hearing = hearing_of(said->kind),
        .confidence = said->confidence,
        .choice = said->choice,
        .location = said->location,
        .other = said->kind,
        .provider_opt_out = said->opt_out,
        .has_provider_words = conf->kind == CHANNEL_SMS,
        .provider_answers_help = provider_answers_help,
        .title = conf->title,
        /* Who calls wants to be answered; opting out is about being written to. */
        .is_opted_out = is_opted_out && conf->kind != CHANNEL_VOICE,
        .is_written = conf->kind != CHANNEL_VOICE,
        .profile_name = said->profile_name,
        .now_ms = now_ms,
        .is_late = said->at_ms && now_ms - said->at_ms > LATE_MS,
        .today = date_of_ms(now_ms, conf->utc_offset_s),
        .utc_offset_s = conf->utc_offset_s,
        .region = conf->region,
    };
    /* A form whose content is no object says nothing that can be used. */
    if (said->kind == INBOUND_FORM && (json_parse(arena, said->form, &input.fields) != ERR_NONE ||
                                       json_kind(input.fields) != JSON_MEMBERS)) {
        input.kind = INPUT_OTHER;
        input.fields = NULL;
    }
    return input;
}

void input_set_region(struct input *input, const struct channel_conf *conf, struct str phone,
                      struct arena *arena)
{
    struct str country = phone_region(phone, arena);
    if (country.len)
        input->region = country;
    input->is_region_guess = phone.len == 0 && !(conf && conf->is_region_set);
}

bool channel_can_remind(enum channel_kind channel)
{
    return channel == CHANNEL_WHATSAPP || channel == CHANNEL_SMS;
}

struct str phone_address(enum channel_kind channel, struct str from, struct arena *arena)
{
    bool has_plus = from.len && from.data[0] == '+';
    struct str digits = has_plus ? str_slice(from, 1, from.len) : from;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return (struct str){0};
    /* WhatsApp writes numbers without the plus; elsewhere a number without one is a short code. */
    if (digits.len < 7 || digits.len > 15 || (!has_plus && channel != CHANNEL_WHATSAPP))
        return (struct str){0};
    return has_plus ? from : arena_join(arena, STR("+"), digits);
}

/* Does any sequence of bytes, said line by line in any flow, upset a conversation? The first byte chooses
 * flow, channel and hearing; each further line is one message, one pressed button or one form. */

#include "tests/unit/talk_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct script *shipped_script(void)
{
    static struct arena arena;
    static const struct script *script;
    if (!script)
        script = world_script(&arena);
    return script;
}

static struct input input_of(struct str line, enum hearing hearing, struct arena *arena)
{
    struct input input = {.kind = INPUT_WORDS, .text = line, .hearing = hearing};
    if (str_starts(line, STR("=")) && line.len > 1) {
        input.kind = INPUT_CHOICE;
        input.choice = str_slice(line, 1, line.len);
    } else if (str_starts(line, STR("{")) && json_parse(arena, line, &input.fields) == ERR_NONE) {
        input.kind = INPUT_FIELDS;
    }
    return input;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0)
        return 0;
    const struct script *script = shipped_script();
    struct str lines = {(const char *)bytes + 1, len - 1};
    struct str line;
    struct person person;
    person_meets(&person, script, bytes[0] & 1 ? STR("appointment") : STR("instant_onboarding"),
                 (enum channel_kind)(bytes[0] >> 1 & 3));
    person.is_sms = bytes[0] >> 3 & 1;
    while (str_cut(&lines, '\n', &line)) {
        int64_t before = person.session.version;
        person_does(&person, input_of(line, (enum hearing)((bytes[0] >> 4) % 3), &person.arena));
        if (person.session.version != before + 1 || !utf8_is_valid(person.shown))
            abort();
    }
    person_leaves(&person);
    return 0;
}

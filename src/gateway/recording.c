/* What kind of file is a recording? */

#include "gateway/recording.h"

static const struct kind {
    struct str mark;
    size_t at; /* where the mark stands */
    struct str type;
    struct str extension;
} kinds[] = {
    {STR_INIT("OggS"), 0, STR_INIT("audio/ogg"), STR_INIT("ogg")},
    {STR_INIT("WAVE"), 8, STR_INIT("audio/wav"), STR_INIT("wav")},
    {STR_INIT("ftyp"), 4, STR_INIT("audio/mp4"), STR_INIT("m4a")},
    {STR_INIT("\x1A\x45\xDF\xA3"), 0, STR_INIT("audio/webm"), STR_INIT("webm")},
    {STR_INIT("ID3"), 0, STR_INIT("audio/mpeg"), STR_INIT("mp3")},
    {STR_INIT("fLaC"), 0, STR_INIT("audio/flac"), STR_INIT("flac")},
    {STR_INIT("#!AMR"), 0, STR_INIT("audio/amr"), STR_INIT("amr")},
};

/* Eleven bits set, as every frame begins that has no file around it. */
static bool is_frame(struct str bytes)
{
    return bytes.len >= 4 && (unsigned char)bytes.data[0] == 0xFF && (bytes.data[1] & 0xE0) == 0xE0;
}

/* The two bits of the layer: none is AAC's. */
static bool is_aac(struct str bytes)
{
    return (bytes.data[1] & 0x06) == 0;
}

bool recording_read(struct str bytes, struct recording *out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *kind = &kinds[i];
        if (!str_eq(str_slice(bytes, kind->at, kind->at + kind->mark.len), kind->mark))
            continue;
        *out = (struct recording){bytes, kind->type, kind->extension};
        return true;
    }
    if (!is_frame(bytes))
        return false;
    *out = is_aac(bytes) ? (struct recording){bytes, STR("audio/aac"), STR("aac")}
                         : (struct recording){bytes, STR("audio/mpeg"), STR("mp3")};
    return true;
}

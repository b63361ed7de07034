/* What has the transcription service heard, and how sure is it?
 *
 * Services tell their doubt in one of three ways: as a number of their own (`confidence`), as the mean
 * logarithm of a segment's probabilities (verbose_json), or as that of each token (json with logprobs). */

#include "gateway/spoken.h"

#include "base/json.h"

#include <math.h>

#define TEXT_BYTES    4096
/* Of silence and noise Whisper makes words up; this is how it knows them itself. */
#define NO_SPEECH     0.6
#define NO_SPEECH_LOG (-1.0)

/* A mean over parts of different weight. */
struct mean {
    double sum;
    double weight;
};

static void weigh(struct mean *mean, double value, double weight)
{
    mean->sum += value * weight;
    mean->weight += weight;
}

static double number_at(const struct json *object, const char *key)
{
    double number = 0;
    return json_to_double(json_get(object, key), &number) ? number : 0;
}

/* False where all of it is silence. */
static bool weigh_segments(const struct json *segments, struct mean *mean)
{
    bool has_speech = json_count(segments) == 0;
    for (size_t i = 0; i < json_count(segments); i++) {
        const struct json *segment = json_at(segments, i);
        double length = number_at(segment, "end") - number_at(segment, "start");
        double probability_log;
        if (!json_to_double(json_get(segment, "avg_logprob"), &probability_log)) {
            has_speech = true;
            continue;
        }
        weigh(mean, probability_log, length > 0 ? length : 1);
        has_speech |= number_at(segment, "no_speech_prob") <= NO_SPEECH || probability_log >= NO_SPEECH_LOG;
    }
    return has_speech;
}

static void weigh_tokens(const struct json *tokens, struct mean *mean)
{
    for (size_t i = 0; i < json_count(tokens); i++) {
        double probability_log;
        if (json_to_double(json_get(json_at(tokens, i), "logprob"), &probability_log))
            weigh(mean, probability_log, 1);
    }
}

bool spoken_read(struct str body, struct arena *arena, struct spoken *out)
{
    const struct json *answer = NULL;
    struct mean mean = {0};
    if (json_parse(arena, body, &answer) != ERR_NONE || json_kind(json_get(answer, "text")) != JSON_TEXT)
        return false;
    bool has_speech = weigh_segments(json_get(answer, "segments"), &mean);
    if (mean.weight <= 0)
        weigh_tokens(json_get(answer, "logprobs"), &mean);
    double confidence = number_at(answer, "confidence");
    if (confidence <= 0 && mean.weight > 0)
        confidence = exp(mean.sum / mean.weight);
    struct str text = str_trim(utf8_truncate_bytes(json_text(json_get(answer, "text")), TEXT_BYTES));
    *out = (struct spoken){
        .text = has_speech ? text : (struct str){0},
        .confidence = confidence > 1   ? 1
                      : confidence > 0 ? confidence
                                       : 0,
    };
    return true;
}

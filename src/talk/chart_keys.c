/* Which words must there be for charts and their pages? */

#include "talk/chart_keys.h"

const char *const chart_sign_keys[CHART_SIGN_KEYS] = {"aries",       "taurus",    "gemini",   "cancer",
                                                      "leo",         "virgo",     "libra",    "scorpio",
                                                      "sagittarius", "capricorn", "aquarius", "pisces"};

const char *const chart_nakshatra_keys[CHART_NAKSHATRA_KEYS] = {
    "ashwini",
    "bharani",
    "krittika",
    "rohini",
    "mrigashira",
    "ardra",
    "punarvasu",
    "pushya",
    "ashlesha",
    "magha",
    "purva_phalguni",
    "uttara_phalguni",
    "hasta",
    "chitra",
    "swati",
    "vishakha",
    "anuradha",
    "jyeshtha",
    "mula",
    "purva_ashadha",
    "uttara_ashadha",
    "shravana",
    "dhanishta",
    "shatabhisha",
    "purva_bhadrapada",
    "uttara_bhadrapada",
    "revati",
};

static const char *const bodies[] = {"sun",    "moon", "mercury", "venus",  "mars",    "jupiter",
                                     "saturn", "rahu", "ketu",    "uranus", "neptune", "pluto"};

static const char *const aspects[] = {"conjunction", "sextile", "square", "trine", "opposition"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A phrase for each key. */
static const struct {
    const char *group;
    const char *const *keys;
    size_t count;
} groups[] = {
    {"chart.sign", chart_sign_keys, CHART_SIGN_KEYS},
    {"chart.sun", chart_sign_keys, CHART_SIGN_KEYS},
    {"chart.moon", chart_sign_keys, CHART_SIGN_KEYS},
    {"chart.ascendant", chart_sign_keys, CHART_SIGN_KEYS},
    {"chart.nakshatra", chart_nakshatra_keys, CHART_NAKSHATRA_KEYS},
    {"chart.birth_star", chart_nakshatra_keys, CHART_NAKSHATRA_KEYS},
    {"chart.body", bodies, COUNT(bodies)},
    {"chart.abbreviation", bodies, COUNT(bodies)},
    {"chart.aspect", aspects, COUNT(aspects)},
};

static const char *const others[] = {
    "chart.abbreviation.ascendant",
    "chart.ascendant.label",
    "chart.brief",
    "chart.brief_sign",
    "chart.either",
    "chart.failed",
    "chart.failed_date",
    "chart.failed_time",
    "chart.insights",
    "chart.line",
    "chart.link",
    "chart.moon.label",
    "chart.nakshatra.label",
    "chart.no_ascendant",
    "chart.no_time",
    "chart.ready",
    "chart.shared_link",
    "chart.short.ascendant",
    "chart.short.moon",
    "chart.short.sun",
    "chart.sun.label",
    "chart.which_skipped",
    "chart.which_twice",
    "chart_page.aspect",
    "chart_page.aspects",
    "chart_page.code",
    "chart_page.copied",
    "chart_page.copy",
    "chart_page.degree",
    "chart_page.from",
    "chart_page.gone",
    "chart_page.gone_title",
    "chart_page.hide_birth",
    "chart_page.house",
    "chart_page.indian_chart",
    "chart_page.method",
    "chart_page.noon",
    "chart_page.not_shared",
    "chart_page.orb",
    "chart_page.own",
    "chart_page.period_now",
    "chart_page.periods",
    "chart_page.periods_within",
    "chart_page.picture",
    "chart_page.planet",
    "chart_page.planets",
    "chart_page.private",
    "chart_page.private_title",
    "chart_page.renew_owner",
    "chart_page.renew_shared",
    "chart_page.retrograde",
    "chart_page.revoke_shared",
    "chart_page.save",
    "chart_page.share",
    "chart_page.shared",
    "chart_page.shared_with_birth",
    "chart_page.sharing",
    "chart_page.show_birth",
    "chart_page.sign",
    "chart_page.title",
    "chart_page.title_plain",
    "chart_page.until",
    "chart_page.western",
    "chart_page.western_chart",
};

const char *chart_phrase(size_t index, struct arena *arena)
{
    for (size_t i = 0; i < COUNT(groups); i++) {
        if (index < groups[i].count)
            return arena_printf(arena, "%s.%s", groups[i].group, groups[i].keys[index]).data;
        index -= groups[i].count;
    }
    return index < COUNT(others) ? others[index] : NULL;
}

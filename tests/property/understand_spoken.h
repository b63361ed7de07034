#pragma once

/* Numbers as they are said, for the tests that print dates and times and have them understood again. Written
 * apart from config/lang, so that a word missing there is found. */

#include "understand/understand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tongue { ENGLISH, HINDI, HINGLISH };

static const char *const ONES[] = {"zero",    "one",     "two",       "three",    "four",
                                   "five",    "six",     "seven",     "eight",    "nine",
                                   "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                   "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const TENS[] = {"",      "",      "twenty",  "thirty", "forty",
                                   "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const ORDINALS[] = {
    "",           "first",     "second",    "third",       "fourth",     "fifth",      "sixth",
    "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",    "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"};
static const char *const HINDI_NUMBERS[] = {
    "शून्य",   "एक",      "दो",     "तीन",    "चार",     "पाँच",    "छह",      "सात",    "आठ",      "नौ",
    "दस",    "ग्यारह",   "बारह",   "तेरह",    "चौदह",    "पंद्रह",   "सोलह",    "सत्रह",   "अठारह",   "उन्नीस",
    "बीस",   "इक्कीस",   "बाईस",   "तेईस",    "चौबीस",   "पच्चीस",  "छब्बीस",   "सत्ताईस", "अट्ठाईस",  "उनतीस",
    "तीस",   "इकतीस",   "बत्तीस",  "तैंतीस",   "चौंतीस",   "पैंतीस",   "छत्तीस",   "सैंतीस",   "अड़तीस",   "उनतालीस",
    "चालीस", "इकतालीस", "बयालीस", "तैंतालीस", "चौवालीस", "पैंतालीस", "छियालीस", "सैंतालीस", "अड़तालीस", "उनचास",
    "पचास",  "इक्यावन",  "बावन",   "तिरपन",  "चौवन",    "पचपन",   "छप्पन",    "सत्तावन", "अट्ठावन",  "उनसठ",
    "साठ",   "इकसठ",    "बासठ",   "तिरसठ",  "चौंसठ",    "पैंसठ",    "छियासठ",  "सड़सठ",   "अड़सठ",    "उनहत्तर",
    "सत्तर",  "इकहत्तर",  "बहत्तर",  "तिहत्तर", "चौहत्तर",  "पचहत्तर", "छिहत्तर",  "सतहत्तर", "अठहत्तर",  "उनासी",
    "अस्सी",  "इक्यासी",  "बयासी",  "तिरासी", "चौरासी",  "पचासी",  "छियासी",  "सत्तासी", "अट्ठासी",  "नवासी",
    "नब्बे",   "इक्यानवे",  "बानवे",   "तिरानवे", "चौरानवे",  "पचानवे",  "छियानवे",  "सत्तानवे", "अट्ठानवे",  "निन्यानवे"};
static const char *const HINGLISH_NUMBERS[] = {
    "shunya",     "ek",          "do",          "teen",        "chaar",       "paanch",      "chhah",
    "saat",       "aath",        "nau",         "das",         "gyaarah",     "baarah",      "terah",
    "chaudah",    "pandrah",     "solah",       "satrah",      "athaarah",    "unnees",      "bees",
    "ikkees",     "baais",       "teis",        "chaubees",    "pachchees",   "chhabbees",   "sattaees",
    "atthaees",   "untees",      "tees",        "ikattees",    "battees",     "taintees",    "chauntees",
    "paintees",   "chhattees",   "saintees",    "adtees",      "untaalees",   "chaalees",    "iktaalees",
    "bayaalees",  "taintaalees", "chauvaalees", "paintaalees", "chhiyaalees", "saintaalees", "adtaalees",
    "unchaas",    "pachaas",     "ikyaavan",    "baavan",      "tirpan",      "chauvan",     "pachpan",
    "chhappan",   "sattaavan",   "atthaavan",   "unsath",      "saath",       "iksath",      "baasath",
    "tirsath",    "chaunsath",   "painsath",    "chhiyaasath", "sadsath",     "adsath",      "unhattar",
    "sattar",     "ikhattar",    "bahattar",    "tihattar",    "chauhattar",  "pachhattar",  "chhihattar",
    "satahattar", "athahattar",  "unaasi",      "assi",        "ikyaasi",     "bayaasi",     "tiraasi",
    "chauraasi",  "pachaasi",    "chhiyaasi",   "sattaasi",    "atthaasi",    "navaasi",     "nabbe",
    "ikyaanve",   "baanve",      "tiraanve",    "chauraanve",  "pachaanve",   "chhiyaanve",  "sattaanve",
    "atthaanve",  "ninyaanve"};

static inline struct str say_number(struct arena *arena, enum tongue tongue, int number)
{
    if (tongue != ENGLISH)
        return str_from(tongue == HINDI ? HINDI_NUMBERS[number] : HINGLISH_NUMBERS[number]);
    if (number < 20)
        return str_from(ONES[number]);
    if (number % 10 == 0)
        return str_from(TENS[number / 10]);
    return arena_printf(arena, "%s %s", TENS[number / 10], ONES[number % 10]);
}

static inline struct str say_ordinal(struct arena *arena, int number)
{
    if (number <= 20)
        return str_from(ORDINALS[number]);
    if (number == 30)
        return STR("thirtieth");
    return arena_printf(arena, "%s %s", TENS[number / 10], ORDINALS[number % 10]);
}

/* How many samples a property takes: all of them where FRONTDESK_TEST_ALL is set. */
static inline bool takes_all(void)
{
    const char *all = getenv("FRONTDESK_TEST_ALL");
    return all && *all;
}

/* xorshift; the seed is printed so that a failure can be repeated with FRONTDESK_SEED. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline uint64_t seed_of(const char *property)
{
    const char *given = getenv("FRONTDESK_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20261122;
    printf("%s: FRONTDESK_SEED=%llu\n", property, (unsigned long long)seed);
    return seed | 1;
}

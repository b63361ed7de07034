// How does libphonenumber read a number? The only C++ in the program.

#include "understand/phone_shim.h"

#include <cstring>
#include <list>
#include <phonenumbers/phonenumberutil.h>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

extern "C" int phone_shim_parse(const char *text, size_t len, const char *region, char out[PHONE_E164_BYTES])
{
    try {
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(text, len), region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
            !util->IsValidNumber(number))
            return 0;
        std::string formatted;
        util->Format(number, PhoneNumberUtil::E164, &formatted);
        if (formatted.size() >= PHONE_E164_BYTES)
            return 0;
        std::memcpy(out, formatted.c_str(), formatted.size() + 1);
        return 1;
    } catch (...) {
        return 0;
    }
}

// The countries that have a calling code to themselves: they need not be asked about each number, which costs
// a dozen regular expressions. An empty name: the code is of several, of none, or no code.
class LoneRegions
{
  public:
    LoneRegions()
    {
        for (int code = 1; code < CODES; code++) {
            std::list<std::string> regions;
            PhoneNumberUtil::GetInstance()->GetRegionCodesForCountryCallingCode(code, &regions);
            if (regions.size() == 1 && regions.front().size() + 1 == PHONE_REGION_BYTES)
                names[code] = regions.front();
        }
    }

    // No calling code is the beginning of another.
    const std::string &of(const char *text, size_t len) const
    {
        int code = 0;
        for (size_t i = 1; i < 4 && len > LEAST && len <= MOST && text[0] == '+'; i++) {
            if (text[i] < '0' || text[i] > '9')
                break;
            code = code * 10 + (text[i] - '0');
            if (!names[code].empty())
                return names[code];
        }
        return names[0];
    }

  private:
    static const int CODES = 1000;
    static const size_t LEAST = 7; // shorter and longer texts may be no numbers at all
    static const size_t MOST = 16;
    std::string names[CODES];
};

extern "C" int phone_shim_region(const char *text, size_t len, char out[PHONE_REGION_BYTES])
{
    try {
        static const LoneRegions lone;
        const std::string &known = lone.of(text, len);
        if (!known.empty()) {
            std::memcpy(out, known.c_str(), PHONE_REGION_BYTES);
            return 1;
        }
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(text, len), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
            return 0;
        std::string region;
        util->GetRegionCodeForNumber(number, &region);
        if (region.size() + 1 != PHONE_REGION_BYTES || region == "ZZ")
            return 0;
        std::memcpy(out, region.c_str(), PHONE_REGION_BYTES);
        return 1;
    } catch (...) {
        return 0;
    }
}

extern "C" int phone_shim_is_landline(const char *text, size_t len)
{
    try {
        const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util->Parse(std::string(text, len), "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
            return 1;
        switch (util->GetNumberType(number)) {
        case PhoneNumberUtil::FIXED_LINE:
        case PhoneNumberUtil::TOLL_FREE:
        case PhoneNumberUtil::PREMIUM_RATE:
        case PhoneNumberUtil::SHARED_COST:
        case PhoneNumberUtil::UAN:
        case PhoneNumberUtil::VOICEMAIL:
            return 1;
        default:
            return 0;
        }
    } catch (...) {
        return 1;
    }
}

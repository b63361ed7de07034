// How does libphonenumber read a number? The only C++ in the program.

#include "understand/phone_shim.h"

#include <cstring>
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

extern "C" int phone_shim_region(const char *text, size_t len, char out[PHONE_REGION_BYTES])
{
    try {
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

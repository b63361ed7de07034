#pragma once

/* SMS through Twilio. */

#include "channels/channel.h"

extern const struct channel channel_sms;

#pragma once

/* What `frontdesk channel` prints: the adapters' structs as the JSON of the outside contract. */

#include "base/json.h"
#include "channels/channel.h"

struct json *batch_json(struct arena *arena, const struct batch *batch);
struct json *composed_json(struct arena *arena, const struct composed *composed);
struct json *replied_json(struct arena *arena, const struct replied *replied);
struct json *judged_json(struct arena *arena, const struct judged *judged);

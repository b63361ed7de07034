#pragma once

/* A flow's map (talk/flow_map.h) as a Mermaid state diagram, its questions inside collecting_data. */

#include "talk/flow.h"
#include "talk/phrase.h"

struct str flow_graph(const struct flow *flow, const struct phrasebook *phrases, struct arena *arena);
/* All in one diagram, each flow a state of its own. */
struct str flow_graph_of_all(const struct flow *flows, const struct phrasebook *phrases, struct arena *arena);

#pragma once

/* A flow as a Mermaid state diagram: its statuses, its questions inside collecting_data, and the ways between
 * them. What is the same at every question (help, another language, a second try) is left out. */

#include "talk/flow.h"
#include "talk/phrase.h"

struct str flow_graph(const struct flow *flow, const struct phrasebook *phrases, struct arena *arena);
/* All in one diagram, each flow a state of its own. */
struct str flow_graph_of_all(const struct flow *flows, const struct phrasebook *phrases, struct arena *arena);

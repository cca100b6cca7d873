#pragma once
// The fields of a deployment's result, for json_fields.h: what is shown of it, as a project file keeps it.
#include "core/board/deploy.h"
#include "core/evaluate/evaluation_json.h"
#include "core/task/judgement_json.h"

namespace quantwright {

template <class Visitor>
void describe(Visitor& visit, BoardFacts& facts) {
    visit("arch", facts.arch);
    visit("cores", facts.cores);
    visit("machine", facts.machine);
    visit("system", facts.system);
    visit("is_k1", facts.is_k1);
    visit("emulated", facts.emulated);
    visit("runtime", facts.runtime);
}

template <class Visitor>
void describe(Visitor& visit, NodeTime& node) {
    visit("node", node.node);
    visit("op", node.op);
    visit("provider", node.provider);
    visit("us", node.us);
    visit("layer", node.layer);
}

template <class Visitor>
void describe(Visitor& visit, BoardLayer& layer) {
    visit("layer", layer.layer);
    visit("op", layer.op);
    visit("provider", layer.provider);
    visit("us", layer.us);
    visit("other_us", layer.other_us);
    visit("nodes", layer.nodes);
    visit("compared", layer.compared);
    visit("snr_db_float", layer.snr_db_float);
    visit("snr_db_float_host", layer.snr_db_float_host);
    visit("snr_db_simulation", layer.snr_db_simulation);
    visit("steps", layer.steps);
    visit("agrees", layer.agrees);
}

template <class Visitor>
void describe(Visitor& visit, SpeedUp& speed_up) {
    visit("ratio", speed_up.ratio);
    visit("low", speed_up.low);
    visit("high", speed_up.high);
}

template <class Visitor>
void describe(Visitor& visit, TrustReason& reason) {
    visit("code", reason.code);
    visit("arguments", reason.arguments);
}

template <class Visitor>
void describe(Visitor& visit, BoardResult& result) {
    visit("board", result.board);
    visit("providers", result.providers);
    visit("latency_ms", result.latency);
    visit("first_ms", result.first_ms);
    visit("runs", result.runs);
    visit("session_ms", result.session_ms);
    visit("peak_memory_bytes", result.peak_memory_bytes);
    visit("sent_bytes", result.sent_bytes);
    visit("accuracy", result.accuracy);
    visit("host", result.host);
    visit("judgement", result.judgement);
    visit("host_judgement", result.host_judgement);
    visit("profile", result.profile);
    visit("fallback_nodes", result.fallback_nodes);
    visit("subgraphs", result.subgraphs);
    visit("layers", result.layers);
    visit("float_latency_ms", result.other_latency);
    visit("speed_up", result.speed_up);
    visit("float_profile", result.other_profile);
    visit("trust", result.trust.reasons);
    visit("problems", result.problems);
}

}  // namespace quantwright

#pragma once
// The fields of an evaluation, for json_fields.h: as a project file keeps it.
#include "core/base/error_json.h"
#include "core/evaluate/evaluate.h"

namespace quantwright {

template <class Visitor>
void describe(Visitor& visit, SkippedImage& image) {
    visit("path", image.path);
    visit("code", image.code);
    visit("reason", image.reason);
}

template <class Visitor>
void describe(Visitor& visit, Latency& latency) {
    visit("p50", latency.p50_ms);
    visit("p90", latency.p90_ms);
    visit("p99", latency.p99_ms);
    visit("min", latency.min_ms);
}

template <class Visitor>
void describe(Visitor& visit, PartError& error) {
    visit("name", error.part.name);
    visit("kind", error.part.kind);
    visit("joined", error.part.joined);
    visit("axis", error.part.axis);
    visit("from", error.part.from);
    visit("to", error.part.to);
    visit("known", error.known);
    visit("snr_db", error.snr_db);
}

template <class Visitor>
void describe(Visitor& visit, OutputError& error) {
    visit("name", error.name);
    visit("known", error.known);
    visit("snr_db", error.snr_db);
    visit("cosine", error.cosine);
    visit("parts", error.parts);
}

template <class Visitor>
void describe(Visitor& visit, ImageResult& image) {
    visit("image", image.image);
    visit("label", image.label);
    visit("top1", image.top1);
    visit("reference_top1", image.reference_top1);
    visit("top5_hit", image.top5_hit);
    visit("reference_top5_hit", image.reference_top5_hit);
    visit("snr_db", image.snr_db);
    visit("cosine", image.cosine);
}

template <class Visitor>
void describe(Visitor& visit, Evaluation& evaluation) {
    visit("images", evaluation.images);
    visit("labelled", evaluation.labelled);
    visit("measured_on", evaluation.measured_on);
    visit("top1", evaluation.top1);
    visit("top5", evaluation.top5);
    visit("reference_top1", evaluation.reference_top1);
    visit("reference_top5", evaluation.reference_top5);
    visit("agreement", evaluation.agreement);
    visit("snr_db", evaluation.snr_db);
    visit("cosine", evaluation.cosine);
    visit("mean_abs_error", evaluation.mean_abs_error);
    visit("outputs", evaluation.outputs);
    visit("latency_ms", evaluation.latency);
    visit("per_image", evaluation.per_image);
    visit("skipped", evaluation.skipped);
    visit("not_finite", evaluation.not_finite);
}

template <class Visitor>
void describe(Visitor& visit, KernelGap& gap) {
    visit("images", gap.images);
    visit("snr_db_default", gap.snr_db_default);
    visit("snr_db_off", gap.snr_db_off);
    visit("warning", gap.warning);
}

}  // namespace quantwright

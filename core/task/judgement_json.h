#pragma once
// The fields of a judgement, for json_fields.h: as a project file keeps it.
#include "core/base/error_json.h"
#include "core/task/judge.h"

namespace quantwright {

[[nodiscard]] constexpr std::size_t count_of(TaskKind) {
    return 7;
}
[[nodiscard]] constexpr std::size_t count_of(LabelFormat) {
    return 9;
}
[[nodiscard]] constexpr std::size_t count_of(Evidence::Kind) {
    return 5;
}

template <class Visitor>
void describe(Visitor& visit, Evidence& evidence) {
    visit("kind", evidence.kind);
    visit("what", evidence.what);
}

template <class Visitor>
void describe(Visitor& visit, Figure& figure) {
    visit("name", figure.name);
    visit("value", figure.value);
}

template <class Visitor>
void describe(Visitor& visit, ClassFigures& figures) {
    visit("name", figures.name);
    visit("figures", figures.figures);
}

template <class Visitor>
void describe(Visitor& visit, Change& change) {
    visit("sample", change.sample);
    visit("image", change.image);
    visit("amount", change.amount);
    visit("appeared", change.appeared);
    visit("vanished", change.vanished);
    visit("moved", change.moved);
    visit("now", change.now);
    visit("before", change.before);
}

/// What is shown of the samples is left out: to_json(ShownResult).
template <class Visitor>
void describe(Visitor& visit, Judgement& judgement) {
    visit("task", judgement.task.kind);
    visit("decoder", judgement.task.decoder);
    visit("score", judgement.task.options.score);
    visit("why", judgement.task.why);
    visit("labels", judgement.labels);
    visit("images", judgement.images);
    visit("labelled", judgement.labelled);
    visit("figures", judgement.figures);
    visit("reference", judgement.reference);
    visit("agreement", judgement.agreement);
    visit("classes", judgement.classes);
    visit("names", judgement.names);
    visit("changes", judgement.changes);
    visit("problems", judgement.problems);
}

}  // namespace quantwright

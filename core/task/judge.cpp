#include "core/task/judge.h"

#include <algorithm>

#include "core/task/decode.h"
#include "core/task/judges.h"

namespace quantwright {
namespace judges {

void put(std::vector<Figure>& figures, const char* name, const std::optional<double>& value) {
    if (value)
        figures.push_back({name, *value});
}

namespace {
std::unique_ptr<Judge> of(TaskKind kind) {
    switch (kind) {
        case TaskKind::classification:
            return classification();
        case TaskKind::detection:
            return detection();
        case TaskKind::segmentation:
            return segmentation();
        case TaskKind::text:
            return text();
        case TaskKind::embedding:
            return embedding();
        case TaskKind::regression:
            return regression();
        case TaskKind::none:
            break;
    }
    return none();
}
}  // namespace
}  // namespace judges

const Figure* Judgement::headline() const {
    return !figures.empty() ? &figures.front() : !agreement.empty() ? &agreement.front() : nullptr;
}

const Figure* find_figure(const std::vector<Figure>& figures, const std::string& name) {
    const auto found =
        std::find_if(figures.begin(), figures.end(), [&](const Figure& one) { return one.name == name; });
    return found == figures.end() ? nullptr : &*found;
}

bool higher_is_better(const std::string& figure) {
    return figure != "char_error_rate" && figure != "mae" && figure != "rmse" && figure != "mae_to_float";
}

bool is_fraction(const std::string& figure) {
    return figure != "mean_cosine" && figure != "mae" && figure != "rmse" && figure != "mae_to_float";
}

std::unique_ptr<Judge> Judge::create(Task task, std::vector<std::string> outputs,
                                     std::shared_ptr<const InputReader> reader,
                                     std::shared_ptr<const Labels> labels) {
    auto judge = judges::of(task.kind);
    judge->m_task = std::move(task);
    judge->m_outputs = std::move(outputs);
    judge->m_reader = std::move(reader);
    judge->m_labels = std::move(labels);
    return judge;
}

Judge::~Judge() = default;

std::unique_ptr<Judge> Judge::again() const {
    return create(m_task, m_outputs, m_reader, m_labels);
}

Result<Prediction> Judge::read(std::int64_t sample, const std::vector<Tensor>& outputs) const {
    const auto geometry = m_reader->geometry(sample);
    if (!geometry)
        return fail(geometry);
    std::vector<NamedOutput> named;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        named.push_back({i < m_outputs.size() ? m_outputs[i] : std::to_string(i), outputs[i]});
    return decode(m_task, named, *geometry);
}

Status Judge::add(std::int64_t sample, const std::vector<Tensor>& outputs,
                  const std::vector<Tensor>& reference) {
    return guarded("task", [&]() -> Status {
        const auto found = read(sample, outputs);
        if (!found)
            return fail(found);
        Result<Prediction> expected;
        if (!reference.empty() && !(expected = read(sample, reference)))
            return fail(expected);
        return add(sample, *found, reference.empty() ? nullptr : &*expected);
    });
}

Status Judge::add(std::int64_t sample, const Prediction& found, const Prediction* reference) {
    return guarded("task", [&]() -> Status {
        const auto geometry = m_reader->geometry(sample);
        if (!geometry)
            return fail(geometry);
        ++m_images;
        if (auto taken = take({sample, found, reference, *geometry}); !taken)
            return taken;
        if (!m_shown)
            return {};
        const bool is_changed = !m_changes.empty() && m_changes.back().sample == sample;
        const double score = m_task.options.score;
        m_shown->add({sample, m_reader->file(sample).relative, is_changed ? m_changes.back().amount : 0,
                      *geometry, to_show(found, score), reference ? to_show(*reference, score) : Shown()});
        return {};
    });
}

const std::vector<std::string>& Judge::names() const {
    return m_labels && !m_labels->names.empty() ? m_labels->names : m_task.options.names;
}

std::string Judge::class_name(int index) const {
    const auto& names = this->names();
    const auto at = static_cast<std::size_t>(index);
    return index >= 0 && at < names.size() && !names[at].empty() ? names[at] : std::to_string(index);
}

Judgement Judge::judgement() const {
    Judgement judgement;
    judgement.task = m_task;
    if (m_labels) {
        judgement.labels = m_labels->format;
        judgement.problems = m_labels->problems;
    }
    judgement.images = m_images;
    judgement.names = names();
    judgement.changes = m_changes;
    for (Change& change : judgement.changes)
        change.image = m_reader->file(change.sample).relative;
    if (m_shown)
        judgement.shown = m_shown->sorted();
    std::stable_sort(judgement.changes.begin(), judgement.changes.end(),
                     [](const Change& a, const Change& b) { return a.amount > b.amount; });
    conclude(judgement);
    return judgement;
}

}  // namespace quantwright

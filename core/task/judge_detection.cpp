#include <algorithm>

#include "core/task/coco_map.h"
#include "core/task/decode.h"
#include "core/task/judges.h"

namespace quantwright::judges {
namespace {

Detections shown(const Detections& detections, double score) {
    Detections some;
    for (const Detection& one : detections)
        if (one.score >= score)
            some.push_back(one);
    return some;
}

TruthBoxes as_truth(const Detections& detections, std::int64_t order) {
    TruthBoxes truth{order, {}};
    for (const Detection& one : detections)
        truth.boxes.push_back({one.box, one.box.width * one.box.height, one.category, false});
    return truth;
}

Change difference(const Detections& now, const Detections& before) {
    Change change;
    change.vanished = std::ssize(before);
    const std::vector<int> found = matches(now, before);
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (found[i] < 0) {
            ++change.appeared;
            continue;
        }
        --change.vanished;
        change.moved += overlap(now[i].box, before[static_cast<std::size_t>(found[i])].box) < 0.9 ? 1 : 0;
    }
    const auto all = static_cast<double>(std::ssize(now) + change.vanished);
    if (all > 0)
        change.amount = (static_cast<double>(change.appeared + change.vanished) +
                         0.5 * static_cast<double>(change.moved)) /
                        all;
    return change;
}

class DetectionJudge final : public Judge {
protected:
    Status take(const Sample& sample) override {
        const auto& found = std::get<Detections>(sample.found);
        const auto* reference = sample.reference ? &std::get<Detections>(*sample.reference) : nullptr;
        if (const auto* boxes = truth<TruthBoxes>(sample.number)) {
            m_own.add(*boxes, found);
            if (reference)
                m_reference.add(*boxes, *reference);
        }
        if (!reference)
            return {};
        const double score = task().options.score;
        const Detections before = shown(*reference, score);
        Change change = difference(shown(found, score), before);
        if (change.amount > 0) {
            change.sample = sample.number;
            changed(std::move(change));
        }
        m_agreement.add(as_truth(before, sample.number), found);
        return {};
    }

    void conclude(Judgement& judgement) const override {
        judgement.labelled = m_own.images();
        const CocoResult own = m_own.result();
        judgement.figures = figures_of(own.all);
        if (m_reference.images() > 0)
            judgement.reference = figures_of(m_reference.result().all);
        const CocoResult agreement = m_agreement.result();
        put(judgement.agreement, "agreement_map50", agreement.all.map50);
        put(judgement.agreement, "agreement_map", agreement.all.map);
        if (m_agreement.images() > 0 && m_agreement.boxes() == 0)
            judgement.problems.push_back(
                {"task.nothing_found", Severity::info, {}, {Json(task().options.score).dump()}});
        const bool of_labels = !own.categories.empty();
        for (const auto& [category, figures] : of_labels ? own.categories : agreement.categories) {
            ClassFigures one{class_name(category), {}};
            put(one.figures, of_labels ? "map" : "agreement_map", figures.map);
            put(one.figures, of_labels ? "map50" : "agreement_map50", figures.map50);
            judgement.classes.push_back(std::move(one));
        }
    }

private:
    static std::vector<Figure> figures_of(const CocoFigures& of) {
        std::vector<Figure> figures;
        put(figures, "map", of.map);
        put(figures, "map50", of.map50);
        put(figures, "map75", of.map75);
        put(figures, "map_small", of.map_small);
        put(figures, "map_medium", of.map_medium);
        put(figures, "map_large", of.map_large);
        put(figures, "recall_1", of.recall_1);
        put(figures, "recall_10", of.recall_10);
        put(figures, "recall_100", of.recall_100);
        put(figures, "recall_small", of.recall_small);
        put(figures, "recall_medium", of.recall_medium);
        put(figures, "recall_large", of.recall_large);
        return figures;
    }

    CocoMap m_own, m_reference, m_agreement;
};

}  // namespace

std::unique_ptr<Judge> detection() {
    return std::make_unique<DetectionJudge>();
}

}  // namespace quantwright::judges

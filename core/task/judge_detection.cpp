#include <algorithm>

#include "core/task/coco_map.h"
#include "core/task/decode.h"
#include "core/task/judges.h"

namespace quantwright::judges {
namespace {

/// What is shown of a reference's detections, as truth.
TruthBoxes as_truth(const Detections& detections, double score, std::int64_t order) {
    TruthBoxes truth{order, {}};
    for (const Detection& one : detections)
        if (one.score >= score)
            truth.boxes.push_back({one.box, one.box.width * one.box.height, one.category, false});
    return truth;
}

/// Best pairs first, each box once.
Change difference(const Detections& now, const TruthBoxes& before, double score) {
    Change change;
    std::vector<bool> taken(before.boxes.size());
    std::int64_t shown = 0;
    for (const Detection& one : now) {
        if (one.score < score)
            continue;
        ++shown;
        double best = 0.5;
        std::size_t match = taken.size();
        for (std::size_t i = 0; i < taken.size(); ++i)
            if (const double here = overlap(one.box, before.boxes[i].box);
                !taken[i] && before.boxes[i].category == one.category && here >= best) {
                best = here;
                match = i;
            }
        if (match == taken.size()) {
            ++change.appeared;
            continue;
        }
        taken[match] = true;
        change.moved += best < 0.9 ? 1 : 0;
    }
    change.vanished = std::count(taken.begin(), taken.end(), false);
    const auto all = static_cast<double>(shown + change.vanished);
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
        TruthBoxes before = as_truth(*reference, task().options.score, sample.number);
        Change change = difference(found, before, task().options.score);
        if (change.amount > 0) {
            change.sample = sample.number;
            changed(std::move(change));
        }
        m_agreement.add(std::move(before), found);
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

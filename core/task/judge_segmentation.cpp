#include "core/task/judges.h"
#include "core/task/measures.h"

namespace quantwright::judges {
namespace {

class SegmentationJudge final : public Judge {
protected:
    Status take(const Sample& sample) override {
        const auto& found = std::get<Mask>(sample.found);
        const auto* reference = sample.reference ? &std::get<Mask>(*sample.reference) : nullptr;
        if (const auto* file = truth<std::filesystem::path>(sample.number)) {
            auto right = read_mask(*file);
            if (!right)
                return fail(right);
            const Size image = sample.geometry.image;
            if (right->height != image.height || right->width != image.width)
                return fail(ErrorCode::labels_unreadable, file->string(),
                            std::to_string(right->width) + "x" + std::to_string(right->height) +
                                " pixels, and the image has " + std::to_string(image.width) + "x" +
                                std::to_string(image.height));
            int ignore = task().options.ignore;
            if (task().options.classes == 1) {  // one kind of thing: whatever is not black
                ignore = -1;
                for (std::int32_t& value : right->classes)
                    value = value != 0 ? 1 : 0;
            }
            ++m_labelled;
            m_own.add(*right, in_image(found, sample.geometry), ignore);
            if (reference)
                m_reference.add(*right, in_image(*reference, sample.geometry), ignore);
        }
        if (!reference)
            return {};
        m_agreement.add(*reference, found, -1);
        Confusion here;
        here.add(*reference, found, -1);
        if (const double same = here.pixel_accuracy().value_or(1); same < 1) {
            Change change;
            change.sample = sample.number;
            change.amount = 1 - same;
            changed(std::move(change));
        }
        return {};
    }

    void conclude(Judgement& judgement) const override {
        judgement.labelled = m_labelled;
        put(judgement.figures, "miou", m_own.mean_iou());
        put(judgement.figures, "pixel_accuracy", m_own.pixel_accuracy());
        put(judgement.reference, "miou", m_reference.mean_iou());
        put(judgement.reference, "pixel_accuracy", m_reference.pixel_accuracy());
        put(judgement.agreement, "agreement_miou", m_agreement.mean_iou());
        put(judgement.agreement, "agreement_pixels", m_agreement.pixel_accuracy());
        const auto classes = m_labelled > 0 ? m_own.iou() : m_agreement.iou();
        for (std::size_t i = 0; i < classes.size(); ++i)
            if (classes[i])
                judgement.classes.push_back({class_name(static_cast<int>(i)),
                                             {{m_labelled > 0 ? "iou" : "agreement_iou", *classes[i]}}});
    }

private:
    Confusion m_own, m_reference, m_agreement;
    std::int64_t m_labelled = 0;
};

}  // namespace

std::unique_ptr<Judge> segmentation() {
    return std::make_unique<SegmentationJudge>();
}

}  // namespace quantwright::judges

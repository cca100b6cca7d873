// Tasks whose output is a vector or a text: classification, text, embedding, regression; and none.
#include <algorithm>
#include <unordered_map>

#include "core/task/judges.h"
#include "core/task/measures.h"

namespace quantwright::judges {
namespace {

class NoJudge final : public Judge {
protected:
    Status take(const Sample&) override { return {}; }
    void conclude(Judgement&) const override {}
};

double share(std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

class ClassificationJudge final : public Judge {
protected:
    struct Hits {
        std::int64_t first = 0, five = 0;
        void add(const Ranking& ranking, int label) {
            const std::vector<int>& best = ranking.classes;
            first += !best.empty() && best.front() == label ? 1 : 0;
            five += std::find(best.begin(), best.end(), label) != best.end() ? 1 : 0;
        }
        [[nodiscard]] std::vector<Figure> figures(std::int64_t labelled) const {
            return {{"top1", share(first, labelled)}, {"top5", share(five, labelled)}};
        }
    };

    Status take(const Sample& sample) override {
        const auto& found = std::get<Ranking>(sample.found);
        const auto* reference = sample.reference ? &std::get<Ranking>(*sample.reference) : nullptr;
        if (const auto label = reader().file(sample.number).label) {
            ++m_labelled;
            m_own.add(found, *label);
            if (reference)
                m_reference.add(*reference, *label);
        }
        if (!reference)
            return {};
        ++m_compared;
        const bool same =
            !found.empty() && !reference->empty() && found.classes.front() == reference->classes.front();
        m_same += same ? 1 : 0;
        if (!same) {
            Change change;
            change.sample = sample.number;
            change.amount = 1;
            change.now = found.empty() ? std::string() : class_name(found.classes.front());
            change.before = reference->empty() ? std::string() : class_name(reference->classes.front());
            changed(std::move(change));
        }
        return {};
    }

    void conclude(Judgement& judgement) const override {
        judgement.labelled = m_labelled;
        if (m_labelled > 0) {
            judgement.labels = LabelFormat::classes;
            judgement.figures = m_own.figures(m_labelled);
        }
        if (m_labelled > 0 && m_compared > 0)
            judgement.reference = m_reference.figures(m_labelled);
        if (m_compared > 0)
            put(judgement.agreement, "agreement", share(m_same, m_compared));
    }

private:
    Hits m_own, m_reference;
    std::int64_t m_labelled = 0, m_compared = 0, m_same = 0;
};

class TextJudge final : public Judge {
protected:
    Status take(const Sample& sample) override {
        const auto& found = std::get<std::string>(sample.found);
        const auto* reference = sample.reference ? &std::get<std::string>(*sample.reference) : nullptr;
        if (const auto* right = truth<std::string>(sample.number)) {
            m_own.add(*right, found);
            if (reference)
                m_reference.add(*right, *reference);
        }
        if (!reference)
            return {};
        m_agreement.add(*reference, found);
        if (found != *reference) {
            Change change;
            change.sample = sample.number;
            const auto before = characters_of(*reference), now = characters_of(found);
            change.amount = share(edit_distance(before, now),
                                  static_cast<std::int64_t>(std::max(before.size(), now.size())));
            change.now = found;
            change.before = *reference;
            changed(std::move(change));
        }
        return {};
    }

    void conclude(Judgement& judgement) const override {
        judgement.labelled = m_own.lines;
        for (const auto& [sums, into] :
             {std::pair{&m_own, &judgement.figures}, {&m_reference, &judgement.reference}}) {
            put(*into, "exact", sums->share_exact());
            put(*into, "char_error_rate", sums->error_rate());
        }
        put(judgement.agreement, "same_text", m_agreement.share_exact());
    }

private:
    TextSums m_own, m_reference, m_agreement;
};

class EmbeddingJudge final : public Judge {
protected:
    Status take(const Sample& sample) override {
        const auto& found = std::get<Values>(sample.found);
        if (labels())
            m_own[sample.number] = found;
        if (!sample.reference)
            return {};
        const auto& reference = std::get<Values>(*sample.reference);
        if (labels())
            m_reference[sample.number] = reference;
        const double similarity = cosine(reference, found);
        m_cosines += similarity;
        ++m_compared;
        Change change;
        change.sample = sample.number;
        change.amount = std::clamp(1 - similarity, 0.0, 1.0);
        changed(std::move(change));
        return {};
    }

    void conclude(Judgement& judgement) const override {
        if (labels()) {
            judgement.labelled = static_cast<std::int64_t>(m_own.size());
            judgement.figures = figures_of(m_own);
            judgement.reference = figures_of(m_reference);
        }
        if (m_compared > 0)
            put(judgement.agreement, "mean_cosine", m_cosines / static_cast<double>(m_compared));
    }

private:
    using Embeddings = std::unordered_map<std::int64_t, Values>;

    [[nodiscard]] std::vector<Figure> figures_of(const Embeddings& embeddings) const {
        std::vector<ScoredPair> pairs;
        for (const Pair& pair : labels()->pairs) {
            const auto first = embeddings.find(pair.first), second = embeddings.find(pair.second);
            if (first != embeddings.end() && second != embeddings.end())
                pairs.push_back({cosine(first->second, second->second), pair.same});
        }
        std::vector<Figure> figures;
        if (const auto verified = verification(std::move(pairs)))
            figures = {{"verification_accuracy", verified->accuracy}, {"auc", verified->auc}};
        return figures;
    }

    Embeddings m_own, m_reference;
    double m_cosines = 0;
    std::int64_t m_compared = 0;
};

class RegressionJudge final : public Judge {
protected:
    Status take(const Sample& sample) override {
        const auto& found = std::get<Values>(sample.found);
        const auto* reference = sample.reference ? &std::get<Values>(*sample.reference) : nullptr;
        if (const auto* right = truth<std::vector<double>>(sample.number)) {
            if (right->size() != found.size())
                return fail(ErrorCode::labels_other_task, reader().file(sample.number).relative,
                            std::to_string(right->size()) + " numbers, and the network gives " +
                                std::to_string(found.size()));
            ++m_labelled;
            m_own.add(*right, found);
            if (reference)
                m_reference.add(*right, *reference);
        }
        if (!reference)
            return {};
        const std::vector<double> before(reference->begin(), reference->end());
        m_agreement.add(before, found);
        return {};
    }

    void conclude(Judgement& judgement) const override {
        judgement.labelled = m_labelled;
        for (const auto& [errors, into] :
             {std::pair{&m_own, &judgement.figures}, {&m_reference, &judgement.reference}}) {
            put(*into, "mae", errors->mae());
            put(*into, "rmse", errors->rmse());
        }
        put(judgement.agreement, "mae_to_float", m_agreement.mae());
    }

private:
    ValueErrors m_own, m_reference, m_agreement;
    std::int64_t m_labelled = 0;
};

}  // namespace

std::unique_ptr<Judge> none() {
    return std::make_unique<NoJudge>();
}
std::unique_ptr<Judge> classification() {
    return std::make_unique<ClassificationJudge>();
}
std::unique_ptr<Judge> text() {
    return std::make_unique<TextJudge>();
}
std::unique_ptr<Judge> embedding() {
    return std::make_unique<EmbeddingJudge>();
}
std::unique_ptr<Judge> regression() {
    return std::make_unique<RegressionJudge>();
}

}  // namespace quantwright::judges

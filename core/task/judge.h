#pragma once
// The one judge of what a network is for: outputs and truth in, figures out, whoever made the outputs (the
// float network, a simulation, a file, a board).
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/task/labels.h"
#include "core/task/task.h"

namespace quantwright {

/// A figure by its name in JSON ("map50"): a fraction, or for regression in the units of the values.
struct Figure {
    std::string name;
    double value = 0;
};
[[nodiscard]] const Figure* find_figure(const std::vector<Figure>& figures, const std::string& name);
/// False for char_error_rate, mae, rmse and their kin.
[[nodiscard]] bool higher_is_better(const std::string& figure);

struct ClassFigures {
    std::string name;  ///< the class's, or its index
    std::vector<Figure> figures;
};

/// A sample whose result is not the reference's.
struct Change {
    std::int64_t sample = 0;
    double amount = 0;  ///< 0: the same, 1: nothing in common
    /// Detection: boxes that only one of the two shows, and those of both that overlap by less than 0.9.
    std::int64_t appeared = 0, vanished = 0, moved = 0;
    std::string now = {}, before = {};  ///< text
};

struct Judgement {
    Task task;
    std::optional<LabelFormat> labels;
    std::int64_t images = 0, labelled = 0;
    std::vector<Figure> figures;    ///< against the labels, the headline first; none without labels
    std::vector<Figure> reference;  ///< the reference's own, in the same order
    std::vector<Figure> agreement;  ///< with the reference's results as truth
    std::vector<ClassFigures>
        classes;                    ///< of those that there is truth of: the labels', else the reference's
    std::vector<Change> changes;    ///< the largest first
    std::vector<Problem> problems;  ///< of the labels
};

/// One model over samples, perhaps beside a reference. Not thread-safe.
class Judge {
public:
    /// Two models' outputs are read by the same task; `outputs` are their names. `labels` may be null;
    /// samples are the reader's. Classification is judged by the labels of the reader's files.
    static std::unique_ptr<Judge> create(Task task, std::vector<std::string> outputs,
                                         std::shared_ptr<const InputReader> reader,
                                         std::shared_ptr<const Labels> labels);
    virtual ~Judge();
    /// Another for the same task, samples and labels, that nothing was added to yet.
    [[nodiscard]] std::unique_ptr<Judge> fresh() const {
        return create(m_task, m_outputs, m_reader, m_labels);
    }

    /// One sample's outputs; `reference` is empty where there is none. Errors: task.outputs,
    /// labels.unreadable (a mask), images.*.
    Status add(std::int64_t sample, const std::vector<Tensor>& outputs, const std::vector<Tensor>& reference);
    [[nodiscard]] Judgement judgement() const;
    [[nodiscard]] const Task& task() const { return m_task; }

protected:
    struct Sample {
        std::int64_t number = 0;
        const Prediction& found;
        const Prediction* reference = nullptr;
        const Geometry& geometry;
    };
    virtual Status take(const Sample& sample) = 0;
    virtual void conclude(Judgement& judgement) const = 0;

    [[nodiscard]] const InputReader& reader() const { return *m_reader; }
    /// Null without labels.
    [[nodiscard]] const Labels* labels() const { return m_labels.get(); }
    /// The sample's own; null where it has none of this kind.
    template <class T>
    [[nodiscard]] const T* truth(std::int64_t sample) const {
        return m_labels ? std::get_if<T>(&m_labels->of[static_cast<std::size_t>(sample)]) : nullptr;
    }
    [[nodiscard]] std::string class_name(int index) const;
    void changed(Change change) { m_changes.push_back(std::move(change)); }

private:
    Result<Prediction> read(const std::vector<Tensor>& outputs, const Geometry& geometry) const;

    Task m_task;
    std::vector<std::string> m_outputs;
    std::shared_ptr<const InputReader> m_reader;
    std::shared_ptr<const Labels> m_labels;
    std::int64_t m_images = 0;
    std::vector<Change> m_changes;
};

}  // namespace quantwright

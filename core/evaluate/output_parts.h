#pragma once
// What an output is made of. A detector's boxes and scores often come as one tensor, joined by a Concat: an
// error that is small beside the boxes can be all of the scores, so each part is judged by itself.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/number/metrics.h"
#include "core/prepare/prepare.h"

namespace quantwright {

/// What one input of a Concat is in the output.
struct OutputPart {
    std::string name;    ///< of the tensor that was joined
    std::string kind;    ///< op type of what made it; "" for an input or constant
    std::string joined;  ///< name of the layer that joined it
    int axis = -1;       ///< of the output, where the part is a range of it; else -1
    std::int64_t from = 0, to = 0;
};

struct OutputParts {
    std::string name;                   ///< of the model's output
    Shape shape;                        ///< as measured: an output of another shape is judged as a whole
    std::vector<OutputPart> parts;      ///< none, or at least two
    std::vector<std::uint8_t> part_of;  ///< by element
};

/// Of each float output of the prepared graph, in order. Found by walking back from the output through what
/// only moves values to the Concats that join them; levels that each join the same parts count as one.
[[nodiscard]] std::vector<OutputParts> output_parts(const Prepared& prepared);

struct PartError {
    OutputPart part;
    bool known = false;            ///< false: the part is zero throughout, or not finite
    std::optional<double> snr_db;  ///< relative to this part alone; empty: no noise
};

struct OutputError {
    std::string name;
    bool known = false;
    std::optional<double> snr_db;
    double cosine = 1;  ///< mean over the samples
    /// Of unlike things only: made by different operators, or of very different size.
    std::vector<PartError> parts;
};

/// The part, or output without parts, with the lowest SNR of several; nothing where there is only one.
struct WorstPart {
    std::string output;
    std::optional<OutputPart> part;  ///< empty: the whole output
    std::optional<double> snr_db;    ///< empty: none of them has noise
};
[[nodiscard]] std::optional<WorstPart> worst_part(const std::vector<OutputError>& outputs);

/// Errors of one output, or one part, in some samples.
struct PartSums {
    ErrorSums errors;
    float largest = 0;  ///< |reference|
    void add(std::span<const float> reference, std::span<const float> value);
    void add(const PartSums& other);
};

/// Errors of one output in one sample.
struct OutputSample {
    PartSums whole;
    std::vector<PartSums> parts;  ///< none where the output is judged as a whole
};

/// Of the float outputs of both, in the models' order. Empty: a sample with another number of outputs, which
/// is left out; an output of another size is empty in it.
[[nodiscard]] std::vector<std::optional<OutputSample>> output_sample(const std::vector<OutputParts>& outputs,
                                                                     const std::vector<Tensor>& reference,
                                                                     const std::vector<Tensor>& value);

/// Pools errors by output and part over any number of samples.
class OutputErrors {
public:
    OutputErrors() = default;
    explicit OutputErrors(std::vector<OutputParts> outputs);

    void add(const std::vector<std::optional<OutputSample>>& sample);
    void add(const std::vector<Tensor>& reference, const std::vector<Tensor>& value) {
        add(output_sample(m_facts, reference, value));
    }
    [[nodiscard]] std::vector<OutputError> errors() const;

private:
    struct Output {
        PartSums whole;
        std::vector<PartSums> parts;
        double cosines = 0;
        std::int64_t samples = 0;
    };
    std::vector<OutputParts> m_facts;
    std::vector<Output> m_outputs;
};

}  // namespace quantwright

#pragma once
// The prepared model with fake-quantized weights and a fake-quantize operator where the exported file has a
// Q/DQ pair.
#include <memory>
#include <optional>
#include <vector>

#include "core/plan/resolve.h"
#include "core/runtime/session.h"

namespace quantwright {

struct SimulationOptions {
    int threads = 0;
    Optimizations optimizations = Optimizations::standard;
    /// Only these layers are quantized (indices into Prepared::layers): their weights, and the tensors they
    /// read and write. Empty optional: all.
    std::optional<std::vector<int>> only_layers;
    bool weights = true, activations = true;
    std::vector<std::string>
        extra_outputs;  ///< prepared tensors to give besides the model's outputs, after quantization
};

class Simulation {
public:
    static Result<std::unique_ptr<Simulation>> create(std::shared_ptr<const Resolved> resolved,
                                                      const SimulationOptions& options = {});
    ~Simulation();

    /// Names of what run() gives: the model's outputs, then the extra outputs that are none of them, under
    /// their names after quantization.
    [[nodiscard]] const std::vector<std::string>& output_names() const;
    /// One tensor per output name. May be called from several threads at once.
    Result<std::vector<Tensor>> run(const std::vector<Tensor>& inputs, const CancelToken& cancel = {}) const;

private:
    Simulation();
    static Result<std::unique_ptr<Simulation>> make(std::shared_ptr<const Resolved> resolved,
                                                    const SimulationOptions& options);
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace quantwright

#include "core/verify/export_verified.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <set>

#include "core/prepare/measure.h"

namespace quantwright {

namespace {

/// So many layers are looked for one by one; then all of their kinds go.
constexpr std::size_t k_most_found = 4;
/// So many are asked, one by one, whether they could be quantized after all.
constexpr std::size_t k_most_tried = 8;

using Layers = std::set<int>;  // indices of Prepared::layers

class Cure {
public:
    Cure(std::shared_ptr<const Resolved> resolved, const WriteFile& write,
         const std::vector<NamedTensor>& inputs, const VerifyOptions& options, const JobContext& job)
        : m_asked(std::move(resolved)), m_write(write), m_inputs(inputs), m_options(options), m_job(job) {
        for (std::size_t i = 0; i < m_asked->layers.size(); ++i)
            if (m_asked->layers[i].quantized())
                m_quantized.push_back(static_cast<int>(i));
        m_steps = 1;
    }

    Result<VerifiedExport> run() {
        auto first = attempt({});
        if (!first)
            return fail(first);
        if (!*first) {
            const std::string said = m_failure;
            auto cured = cure();
            if (!cured)
                return fail(cured);
            if (!*cured)
                return fail(ErrorCode::output_does_not_run, m_last.exported.path.string(),
                            said + named(m_found));
            for (const int layer : m_found)
                say(layer, said);
        }
        return std::move(m_last);
    }

private:
    /// Without these layers; true if the file runs. The last attempt is what is at the place.
    Result<bool> attempt(const Layers& floats) {
        m_job.report(Stage::verify, m_done, std::max(m_steps, m_done + 1));
        ++m_done;
        auto resolved = without(floats);
        if (!resolved)
            return fail(resolved);
        auto exported = m_write(**resolved);
        if (!exported)
            return fail(exported);
        auto verified = verify_file(exported->path, m_inputs, m_options, m_job);
        if (!verified)
            return fail(verified);
        const CheckedRun* failed = verified->failed();
        if (failed)
            m_failure =
                failed->failure + " (optimizations: " + std::string(name_of(failed->optimizations)) + ")";
        const bool runs = failed == nullptr;
        m_last = {std::move(*resolved), {}, std::move(*exported), std::move(*verified)};
        return runs;
    }

    Result<std::shared_ptr<const Resolved>> without(const Layers& floats) const {
        if (floats.empty())
            return m_asked;
        Plan plan = m_asked->plan;
        for (const int layer : floats)
            plan.layers[layer_name(layer)].set(Field::mode, "float");
        auto resolved = resolve(m_asked->prepared, m_asked->statistics, plan, {}, m_asked->improved);
        if (!resolved)
            return fail(resolved);
        auto marked = std::make_shared<Resolved>(**resolved);
        for (const int layer : floats)
            marked->layers[static_cast<std::size_t>(layer)].kept_float = KeptFloat::does_not_run;
        return std::shared_ptr<const Resolved>(std::move(marked));
    }

    /// The layers that have to be float go into m_found. False: there are none that help.
    Result<bool> cure() {
        const auto count = static_cast<std::int64_t>(m_quantized.size());
        m_steps = 2 + static_cast<std::int64_t>(std::bit_width(m_quantized.size()));
        const auto bare = attempt({m_quantized.begin(), m_quantized.end()});
        if (!bare || !*bare || count == 0)
            return bare ? Result<bool>(false) : bare;
        while (m_found.size() < k_most_found) {
            if (auto found = find_one(); !found)
                return fail(found);
            auto runs = attempt(m_found);
            if (!runs)
                return runs;
            if (*runs)
                return keep_what_helps();
            m_steps += static_cast<std::int64_t>(std::bit_width(m_quantized.size()));
        }
        // The same thing in many places.
        std::set<std::string> kinds;
        for (const int layer : m_found)
            kinds.insert(m_asked->prepared->layers[static_cast<std::size_t>(layer)].op);
        for (const int layer : m_quantized)
            if (kinds.contains(m_asked->prepared->layers[static_cast<std::size_t>(layer)].op))
                m_found.insert(layer);
        auto runs = attempt(m_found);
        return runs && *runs ? keep_what_helps() : runs;
    }

    /// The layer whose quantization, after all those before it, makes the file fail.
    Status find_one() {
        std::size_t runs = 0, fails = m_quantized.size();  // with so many of the first ones quantized
        while (fails - runs > 1) {
            const std::size_t middle = runs + (fails - runs) / 2;
            Layers floats = m_found;
            floats.insert(m_quantized.begin() + static_cast<std::ptrdiff_t>(middle), m_quantized.end());
            const auto good = attempt(floats);
            if (!good)
                return fail(good);
            (*good ? runs : fails) = middle;
        }
        m_found.insert(m_quantized[fails - 1]);
        return {};
    }

    /// Gives back those that need not be float: one found later may be the true cause.
    Result<bool> keep_what_helps() {
        Layers kept = m_found;
        bool at_place = true;
        if (m_found.size() > 1 && m_found.size() <= k_most_tried)
            for (const int layer : m_found) {
                Layers fewer = kept;
                fewer.erase(layer);
                const auto runs = fewer.empty() ? Result<bool>(false) : attempt(fewer);
                if (!runs)
                    return runs;
                at_place = *runs || (at_place && fewer.empty());
                if (*runs)
                    kept = std::move(fewer);
            }
        m_found = std::move(kept);
        return at_place ? Result<bool>(true) : attempt(m_found);
    }

    void say(int layer, const std::string& said) {
        m_last.kept_float.push_back(layer_name(layer));
        m_last.exported.problems.push_back(
            {"export.kept_float", Severity::warning, layer_name(layer), {said}});
    }

    [[nodiscard]] std::string named(const Layers& layers) const {
        std::string names;
        for (const int layer : layers)
            names += (names.empty() ? "; layers " : ", ") + layer_name(layer);
        return names;
    }

    [[nodiscard]] const std::string& layer_name(int layer) const {
        return m_asked->prepared->layers[static_cast<std::size_t>(layer)].name;
    }

    const std::shared_ptr<const Resolved> m_asked;
    const WriteFile& m_write;
    const std::vector<NamedTensor>& m_inputs;
    const VerifyOptions& m_options;
    const JobContext& m_job;
    std::vector<int> m_quantized;  // in topological order
    Layers m_found;
    std::string m_failure;
    VerifiedExport m_last;
    std::int64_t m_done = 0, m_steps = 0;
};

}  // namespace

Result<std::vector<NamedTensor>> verify_inputs(const Prepared& prepared, const InputReader* reader) {
    std::vector<NamedTensor> inputs;
    for (std::int64_t i = 0; reader && i < reader->size(); ++i) {
        auto sample = reader->load(i);
        const bool unusable = !sample && (sample.error().code == ErrorCode::images_unreadable ||
                                          sample.error().code == ErrorCode::images_too_large);
        if (unusable)
            continue;
        if (!sample)
            return fail(sample);
        for (std::size_t n = 0; n < sample->size(); ++n)
            inputs.push_back({reader->sources()[n].input, std::move((*sample)[n])});
        return inputs;
    }
    const onnx::GraphProto& graph = prepared.model->proto().graph();
    for (const ValueInfo& input : prepared.model->inputs()) {
        const auto declared = std::find_if(graph.input().begin(), graph.input().end(),
                                           [&](const auto& one) { return one.name() == input.name; });
        auto value = made_up_input(*declared);
        if (!value)
            return fail(value);
        inputs.push_back({input.name, std::move(*value)});
    }
    return inputs;
}

Result<VerifiedExport> export_verified(std::shared_ptr<const Resolved> resolved, const WriteFile& write,
                                       const std::vector<NamedTensor>& inputs, const VerifyOptions& options,
                                       const JobContext& job) {
    const auto& layers = resolved->prepared->layers;
    if (!std::all_of(layers.begin(), layers.end(), [](const Layer& layer) { return layer.runs; })) {
        auto exported = write(*resolved);
        if (!exported)
            return fail(exported);
        exported->problems.push_back({"export.not_run", Severity::info, {}, {}});
        return VerifiedExport{std::move(resolved), {}, std::move(*exported), {}};
    }
    VerifyOptions wanted = options;
    wanted.standard = options.standard && resolved->target->sidecar.empty();
    return Cure(std::move(resolved), write, inputs, wanted, job).run();
}

}  // namespace quantwright

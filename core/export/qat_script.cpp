#include "core/export/qat_script.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/export/qat_schemes.h"

namespace quantwright {

namespace {

constexpr const char* k_head = R"(import torch
from torch import nn
from torch.ao import quantization as tq

)";

constexpr const char* k_tail = R"(
OBSERVERS = {
    "minmax": tq.MinMaxObserver,
    "moving-average": tq.MovingAverageMinMaxObserver,
    "histogram": tq.HistogramObserver,
    "per-channel": tq.PerChannelMinMaxObserver,
}
CLASSES = {
    "Conv": (nn.Conv1d, nn.Conv2d, nn.Conv3d),
    "ConvTranspose": (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
    "Linear": (nn.Linear,),
}


def fake_quantizer(spec):
    """A factory of fake quantizers; None leaves the values float."""
    if spec is None:
        return nn.Identity
    spec = dict(spec)
    spec["dtype"] = getattr(torch, spec["dtype"])
    spec["qscheme"] = getattr(torch, spec["qscheme"])
    if "scale" in spec:
        return tq.FixedQParamsFakeQuantize.with_args(observer=tq.FixedQParamsObserver.with_args(**spec))
    observer = spec.pop("observer")
    if observer == "batch":  # the range of the batch at hand, as at run time
        return tq.FakeQuantize.with_args(observer=tq.MovingAverageMinMaxObserver, averaging_constant=1, **spec)
    return tq.FakeQuantize.with_args(observer=OBSERVERS[observer], **spec)


QCONFIGS = [
    tq.QConfig(activation=fake_quantizer(scheme["activation"]), weight=fake_quantizer(scheme["weight"]))
    for scheme in SCHEMES
]


def is_single(module):
    """A module without others in it, or one that fuse_modules_qat() made."""
    fused = type(module).__module__.startswith(("torch.nn.intrinsic", "torch.ao.nn.intrinsic"))
    return fused or not any(True for _ in module.children())


def qconfig_of(number):
    return None if number is None else QCONFIGS[number]


def apply(model):
    """Gives every module its qconfig. Returns the names that the model does not have."""
    modules = dict(model.named_modules())
    for module in modules.values():
        if not is_single(module):
            continue
        if isinstance(module, (tq.QuantStub, tq.DeQuantStub)) and INPUT is not None:
            module.qconfig = QCONFIGS[INPUT]
        for kind, number in KINDS.items():
            if isinstance(module, CLASSES[kind]):
                module.qconfig = qconfig_of(number)
    missing = []
    for name, number in {**OTHER_MODULES, **MODULES}.items():
        module = modules.get(name)
        if module is not None and is_single(module):
            module.qconfig = qconfig_of(number)
        elif name in MODULES:
            missing.append(name)
    return missing


def prepare(model):
    """The model with fake quantizers, ready for fine tuning. Fuse Conv, BatchNorm and ReLU before, with
    torch.ao.quantization.fuse_modules_qat()."""
    missing = apply(model.train())
    if missing:
        raise KeyError("the model has no modules " + ", ".join(missing))
    return tq.prepare_qat(model)


if __name__ == "__main__":
    for name, number in {**OTHER_MODULES, **MODULES}.items():
        print(name, qconfig_of(number))
)";

/// A Python string.
std::string in_quotes(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            result += ' ';
        else
            result += c;
    }
    return result + "\"";
}

/// A comment's or docstring's text.
std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }, ' ');
    return text;
}

struct Entry {
    int scheme = -1;  ///< -1: None
    std::string why;  ///< of None
};
using Entries = std::map<std::string, Entry>;

std::string dictionary(const char* name, const char* comment, const Entries& entries) {
    std::string text = std::string("# ") + comment + "\n" + name + " = {\n";
    for (const auto& [key, entry] : entries)
        text += "    " + in_quotes(key) + ": " +
                (entry.scheme < 0 ? "None,  # " + plain(entry.why) : std::to_string(entry.scheme) + ",") +
                "\n";
    return text + "}\n";
}

struct Script {
    std::string title;
    std::vector<std::string> schemes;
    int input = -1;
    Entries kinds, modules, others;
};

std::string write(const Script& script) {
    std::string text =
        "\"\"\"" + plain(script.title) +
        "\n\nWritten by Quantwright (plan export-qat). prepare(model) gives the model with fake "
        "quantizers; apply(model) only sets the qconfigs.\n\"\"\"\n";
    text += k_head;
    text += "SCHEMES = [\n";
    for (const std::string& scheme : script.schemes)
        text += "    " + scheme + ",\n";
    text += "]\n";
    text += "# Of QuantStub modules.\nINPUT = " +
            (script.input < 0 ? std::string("None") : std::to_string(script.input)) + "\n";
    text += dictionary("KINDS", "Scheme of all modules of a kind.", script.kinds);
    text += dictionary("MODULES", "Scheme of each module with a weight; None: stays float.", script.modules);
    text += dictionary("OTHER_MODULES", "The same for modules without weights, where the model has them.",
                       script.others);
    text += k_tail;
    return text;
}

bool is_weight_operator(const std::string& op) {
    return op == "Conv" || op == "ConvTranspose" || op == "Gemm" || op == "MatMul";
}

std::string why_float(const ResolvedLayer& layer) {
    if (layer.mode == LayerMode::fp16)
        return "fp16: float while training";
    return std::string(name_of(layer.kept_float));
}

std::optional<Range> clip_of(const Plan& plan, const Prepared& prepared, const Layer& layer) {
    for (const TensorId id : layer.outputs)
        if (const auto found = plan.tensors.find(prepared.model->graph()[id].name);
            found != plan.tensors.end() && found->second[Field::clip])
            return clip_range(*found->second[Field::clip]);
    return std::nullopt;
}

}  // namespace

std::string module_of_node(const std::string& node) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = node.find('/', begin);
        const std::string part = node.substr(begin, end == std::string::npos ? end : end - begin);
        if (part.empty())
            continue;
        // Exporters repeat a list's name in front of its members: /blocks/blocks.0/.
        if (!parts.empty() && part.starts_with(parts.back() + "."))
            parts.back() = part;
        else
            parts.push_back(part);
    }
    if (!node.starts_with("/") || parts.size() < 2)
        return {};
    std::string module;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
        module += (i == 0 ? "" : ".") + parts[i];
    return module;
}

std::string module_of(const Layer& layer) {
    constexpr std::string_view ending = ".weight";
    if (layer.weight.ends_with(ending) && layer.weight.find_first_of(":/") == std::string::npos)
        return layer.weight.substr(0, layer.weight.size() - ending.size());
    return module_of_node(layer.name);
}

std::string qat_script(const Resolved& resolved, std::vector<Problem>& problems) {
    const Prepared& prepared = *resolved.prepared;
    Script script;
    script.title = "Fake quantization of " + prepared.original->path().filename().string() + " for " +
                   resolved.target->label + ".";
    QatSchemes schemes(*resolved.target, problems);
    const auto reads_input = [&](const Layer& layer) {
        return std::any_of(layer.inputs.begin(), layer.inputs.end(),
                           [&](TensorId id) { return prepared.model->graph()[id].is_input; });
    };
    for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
        const Layer& layer = prepared.layers[i];
        const ResolvedLayer& chosen = resolved.layers[i];
        const bool weighted = is_weight_operator(layer.op) && !layer.weight.empty();
        const auto op = resolved.target->operators.find(layer.op);
        const bool passive = op != resolved.target->operators.end() && op->second.role == Role::passive;
        const std::string module = module_of(layer);
        if (module.empty() && weighted)
            problems.push_back({"qat.no_module", Severity::warning, layer.name, {}});
        if (module.empty() || (!weighted && passive))
            continue;
        Entry entry{-1, why_float(chosen)};
        const LayerMode mode = intended_mode(chosen);
        if (mode != LayerMode::kept_float && mode != LayerMode::fp16)
            entry.scheme =
                schemes.add(chosen.choices, mode, layer.op, clip_of(resolved.plan, prepared, layer));
        (weighted ? script.modules : script.others).emplace(module, entry);
        if (weighted && mode == LayerMode::static_ && script.input < 0 && reads_input(layer))
            script.input = schemes.add(chosen.choices, mode, layer.op, std::nullopt);
    }
    for (const auto& [name, entry] : script.modules)
        script.others.erase(name);
    script.schemes = schemes.texts();
    return write(script);
}

std::string qat_script(const Plan& plan, const Target& target, const Preset& preset,
                       std::vector<Problem>& problems) {
    Script script;
    script.title = "Fake quantization for " + target.label + ".";
    QatSchemes schemes(target, problems);
    const auto choices_for = [&](const std::string& op, const Settings* own) {
        std::array<Choice, field_count> choices;
        const auto take = [&](const Settings& settings) {
            for (const FieldInfo& field : fields())
                if (const auto& value = settings[field.field])
                    choices[static_cast<std::size_t>(field.field)].value = *value;
        };
        take(target.defaults);
        take(preset.set);
        for (const Rule& rule : preset.rules)
            if (rule.op == op)
                take(rule.set);
        take(plan.defaults);
        for (const Rule& rule : plan.rules)
            if (rule.name.empty() && rule.position.empty() && (rule.op.empty() || rule.op == op))
                take(rule.set);
        if (own)
            take(*own);
        return choices;
    };
    const auto entry_for = [&](const std::string& op, const Settings* own) {
        const auto choices = choices_for(op, own);
        const std::string& mode = choices[static_cast<std::size_t>(Field::mode)].value;
        if (mode == "float" || mode == "fp16")
            return Entry{-1, mode};
        return Entry{schemes.add(choices,
                                 mode == "dynamic"       ? LayerMode::dynamic
                                 : mode == "weight-only" ? LayerMode::weight_only
                                                         : LayerMode::static_,
                                 op, std::nullopt),
                     {}};
    };
    for (std::size_t i = 0; i < plan.rules.size(); ++i)
        if (!plan.rules[i].name.empty() || !plan.rules[i].position.empty())
            problems.push_back(
                {"config.needs_model", Severity::warning, "rules[" + std::to_string(i) + "]", {}});
    for (const char* op : {"Conv", "ConvTranspose"})
        script.kinds[op] = entry_for(op, nullptr);
    // A linear module becomes Gemm or MatMul, after the rank of its input.
    script.kinds["Linear"] = entry_for("MatMul", nullptr);
    if (entry_for("Gemm", nullptr).scheme != script.kinds["Linear"].scheme)
        problems.push_back({"config.needs_model", Severity::warning, "Gemm", {}});
    if (script.kinds["Conv"].scheme >= 0)
        script.input = script.kinds["Conv"].scheme;
    for (const auto& [name, settings] : plan.layers) {
        const std::string module = module_of_node(name);
        std::string op = name.substr(name.rfind('/') + 1);
        op = op.substr(0, op.find('_'));
        if (module.empty())
            problems.push_back({"qat.no_module", Severity::warning, name, {}});
        else
            script.modules.emplace(module, entry_for(op, &settings));
    }
    for (const auto& [key, said] :
         {std::pair{"truncate", !plan.truncate.empty()}, {"tensors", !plan.tensors.empty()}})
        if (said)
            problems.push_back({"config.needs_model", Severity::warning, key, {}});
    script.schemes = schemes.texts();
    return write(script);
}

}  // namespace quantwright

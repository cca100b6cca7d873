// bench_agreement MODEL CALIBRATION EVALUATION PREPROCESS TARGET [FIELD=VALUE …]: how far simulation and
// exported files are apart on a real model, with these choices for all layers.
//  - layer by layer, where the same values come in: more than one step apart or not
//  - scale and zero point of every pair, compared as bits
//  - optimizations off in both: elements that differ, the largest distance in quantization steps, SNR between
//  the outputs
//  - as each is used (the simulation fast, the file as a user runs it): SNR of each against float, agreement
//  with float's top-1
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "core/calibrate/calibrate.h"
#include "core/evaluate/evaluate.h"
#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/simulate/simulation.h"
#include "tests/bench/bench.h"
#include "tests/support/agreement.h"

using namespace quantwright;
using namespace quantwright::bench;

namespace {

/// The exported file with every dequantized activation as an output.
onnx::ModelProto opened(const Resolved& resolved, const std::vector<std::string>& tensors) {
    onnx::ModelProto file = build_qdq(resolved);
    std::set<std::string> given;
    for (const auto& output : file.graph().output())
        given.insert(output.name());
    for (const auto& node : file.graph().node())
        for (const std::string& name : tensors)
            if (node.name() == name + "_DequantizeLinear" && given.insert(node.output(0)).second)
                file.mutable_graph()->add_output()->set_name(node.output(0));
    return file;
}

int first_code(const Tensor& codes) {
    switch (codes.type) {
        case ElementType::uint8:
            return codes.as<std::uint8_t>()[0];
        case ElementType::int8:
            return codes.as<std::int8_t>()[0];
        case ElementType::uint16:
            return codes.as<std::uint16_t>()[0];
        default:
            return codes.as<std::int16_t>()[0];
    }
}

int unequal_parameters(const Resolved& resolved, const onnx::ModelProto& file) {
    std::map<std::string, Tensor> initializers;
    for (const auto& initializer : file.graph().initializer())
        initializers[initializer.name()] = tensor_from(initializer);
    int unequal = 0;
    for (const auto& tensor : resolved.tensors) {
        if (!tensor)
            continue;
        const std::string& name = resolved.prepared->model->graph()[tensor->tensor].name;
        for (const auto& node : file.graph().node())
            if (node.name() == name + "_QuantizeLinear") {
                const Tensor &scale = initializers[node.input(1)], &zero_point = initializers[node.input(2)];
                const bool equal = scale.floats()[0] == tensor->parameters.scale[0] &&
                                   first_code(zero_point) == tensor->parameters.zero_point[0];
                unequal += equal ? 0 : 1;
            }
    }
    return unequal;
}

void compare_bits(const std::shared_ptr<const Resolved>& resolved, const InputReader& reader) {
    std::vector<std::string> names;
    for (const auto& tensor : resolved->tensors)
        if (tensor)
            names.push_back(resolved->prepared->model->graph()[tensor->tensor].name);
    SimulationOptions options;
    options.optimizations = Optimizations::off;
    options.extra_outputs = names;
    const auto simulation = value_or_exit(Simulation::create(resolved, options));
    const auto file = opened(*resolved, names);
    const auto session = value_or_exit(Session::create(file, nullptr, {0, Optimizations::off, {}}));
    std::printf("pairs %zu, unequal parameters %d\n", names.size(), unequal_parameters(*resolved, file));
    std::int64_t elements = 0, different = 0;
    double steps = 0;
    std::string worst;
    ErrorSums outputs;
    const std::size_t own = resolved->prepared->model->outputs().size();
    for (std::int64_t i = 0; i < std::min<std::int64_t>(8, reader.size()); ++i) {
        const auto inputs = value_or_exit(reader.load(i));
        const auto simulated = value_or_exit(simulation->run(inputs));
        const auto run = value_or_exit(session->run(inputs));
        std::map<std::string, Tensor> from_file;
        for (std::size_t k = 0; k < run.size(); ++k)
            from_file[session->output_names()[k]] = run[k];
        for (std::size_t k = 0; k < simulated.size(); ++k) {
            const std::string& name = simulation->output_names()[k];
            const auto a = simulated[k].floats(), b = from_file.at(name).floats();
            if (k < own)
                outputs.add(a, b);
            const auto id = resolved->prepared->model->graph().find_tensor(name);
            const auto& tensor = id ? resolved->tensors[static_cast<std::size_t>(*id)] : resolved->tensors[0];
            if (!id || !tensor)
                continue;
            for (std::size_t e = 0; e < a.size(); ++e) {
                ++elements;
                if (a[e] == b[e])
                    continue;
                ++different;
                if (const double distance = std::abs(double(a[e]) - b[e]) / tensor->parameters.scale[0];
                    distance > steps) {
                    steps = distance;
                    worst = name;
                }
            }
        }
    }
    const auto snr = outputs.snr_db();
    std::printf(
        "optimizations off in both: %lld of %lld elements differ, at most %.2f steps %s; outputs %s dB\n",
        static_cast<long long>(different), static_cast<long long>(elements), steps, worst.c_str(),
        snr ? std::to_string(*snr).c_str() : "equal, infinite");
}

void compare_layers(const std::shared_ptr<const Resolved>& resolved, const InputReader& reader) {
    testing::Agreement agreement;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(4, reader.size()); ++i) {
        const auto values = value_or_exit(testing::run_both(resolved, value_or_exit(reader.load(i))));
        if (const auto wrong = testing::disagreement(*resolved, values, agreement); !wrong.empty())
            std::printf("image %lld: %s\n", static_cast<long long>(i), wrong.c_str());
    }
    std::printf("layer by layer on the same inputs: %d tensors compared, %d whose inputs differ already\n",
                agreement.compared, agreement.skipped);
}

void print(const char* what, const Evaluation& evaluation) {
    std::printf("%-22s %7.3f dB, agreement %.4f\n", what, evaluation.snr_db.value_or(0),
                evaluation.agreement.value_or(0));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) {
        std::fprintf(
            stderr,
            "usage: bench_agreement MODEL CALIBRATION EVALUATION PREPROCESS TARGET [FIELD=VALUE ...]\n");
        return 2;
    }
    const auto prepared = value_or_exit(prepare(value_or_exit(Model::load(argv[1]))));
    const auto calibration = value_or_exit(calibrate(*prepared, *reader_for(*prepared, argv[2], argv[4])));
    Plan plan;
    plan.target = argv[5];
    for (int i = 6; i < argc; ++i) {
        const std::string choice = argv[i];
        const auto equals = choice.find('=');
        const auto field = find_field(choice.substr(0, equals));
        if (!field || equals == std::string::npos) {
            std::fprintf(stderr, "no such field: %s\n", argv[i]);
            return 2;
        }
        plan.defaults.set(*field, choice.substr(equals + 1));
    }
    const auto resolved = value_or_exit(resolve(prepared, calibration.statistics, plan));
    const auto evaluation = reader_for(*prepared, argv[3], argv[4]);
    compare_bits(resolved, *evaluation);
    compare_layers(resolved, *evaluation);

    const auto reference = value_or_exit(Session::create(*prepared->original));
    const auto file = build_qdq(*resolved), integer_file = build_qoperator(*resolved);
    for (const auto optimizations : {Optimizations::standard, Optimizations::off}) {
        const auto simulation =
            value_or_exit(Simulation::create(resolved, {0, optimizations, {}, true, true, {}}));
        const auto session = value_or_exit(Session::create(file, nullptr, {0, optimizations, {}}));
        const auto integers = value_or_exit(Session::create(integer_file, nullptr, {0, optimizations, {}}));
        const Runner simulated = [&](const auto& inputs, const CancelToken& cancel) {
            return simulation->run(inputs, cancel);
        };
        const bool standard = optimizations == Optimizations::standard;
        EvaluateOptions some;
        some.max_images = 512;
        print(standard ? "simulation, fast" : "simulation, off",
              value_or_exit(evaluate(simulated, runner(*reference), *evaluation, some)));
        print(standard ? "file, default" : "file, off",
              value_or_exit(evaluate(runner(*session), runner(*reference), *evaluation, some)));
        print(standard ? "QOperator, default" : "QOperator, off",
              value_or_exit(evaluate(runner(*integers), runner(*reference), *evaluation, some)));
    }
    return 0;
}

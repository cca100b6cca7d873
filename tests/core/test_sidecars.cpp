// TensorRT's calibration cache and ncnn's int8 table, read back by readers of their own that know nothing of
// the writers.
#include <onnx/onnx_pb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/export/sidecar_ncnn.h"
#include "core/export/sidecar_ncnn_param.h"
#include "core/export/sidecar_tensorrt.h"
#include "core/number/kernels.h"
#include "tests/core/files.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

struct Case {
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;

    explicit Case(const std::shared_ptr<const Model>& model) : prepared(*prepare(model)) {
        statistics = testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    }
    [[nodiscard]] std::shared_ptr<const Resolved> operator()(Plan plan, const char* target) const {
        plan.target = target;
        return *resolve(prepared, statistics, plan);
    }
    [[nodiscard]] std::shared_ptr<const Resolved> operator()(const char* target) const {
        return (*this)(Plan(), target);
    }
    [[nodiscard]] double amax(const std::string& tensor) const {
        const Range range = statistics->find(tensor)->range;
        return std::max(-double(range.min), double(range.max));
    }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// The cache's grammar, to the letter; empty map on any offence.
std::map<std::string, float> read_cache(const std::string& text, const std::string& version) {
    std::map<std::string, float> scales;
    if (text.empty() || text.back() != '\n' || text.find('\r') != std::string::npos)
        return {};
    const auto lines = lines_of(text);
    if (lines.empty() || lines[0] != "TRT-" + version + "-EntropyCalibration2")
        return {};
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto colon = lines[i].rfind(": ");
        if (colon == std::string::npos || colon == 0 || lines[i].size() - colon - 2 != 8)
            return {};
        std::uint32_t bits = 0;
        for (const char c : lines[i].substr(colon + 2)) {
            const auto digit = std::string_view("0123456789abcdef").find(c);
            if (digit == std::string_view::npos)
                return {};
            bits = bits << 4 | static_cast<std::uint32_t>(digit);
        }
        const auto scale = std::bit_cast<float>(bits);
        if (!std::isfinite(scale) || scale <= 0 || !scales.emplace(lines[i].substr(0, colon), scale).second)
            return {};
    }
    return scales;
}

struct Rows {
    std::map<std::string, std::vector<float>> weights, activations;
};

/// As ncnn2int8 reads a table (lines cut at spaces, "_param_" in the key means weights), but offended by
/// whatever that reader would swallow.
std::optional<Rows> read_table(const std::string& text) {
    Rows rows;
    if (!text.empty() && text.back() != '\n')
        return std::nullopt;
    for (const std::string& line : lines_of(text)) {
        if (line.empty() || line.front() == ' ' || line.find_first_of("\t\r") != std::string::npos ||
            line.find("  ") != std::string::npos)
            return std::nullopt;
        std::istringstream words(line);
        std::string key;
        words >> key;
        std::vector<float> numbers;
        for (std::string word; words >> word;) {
            if (word.find_first_not_of("0123456789.") != std::string::npos)
                return std::nullopt;
            float number = 0;
            int used = 0;
            if (std::sscanf(word.c_str(), "%f%n", &number, &used) != 1 ||
                used != static_cast<int>(word.size()) || !std::isfinite(number) || number <= 0)
                return std::nullopt;
            numbers.push_back(number);
        }
        const auto mark = key.find("_param_");
        const bool weights = mark != std::string::npos;
        if (key.size() > 255 || numbers.empty() || (weights && key.substr(mark) != "_param_0") ||
            (!weights && numbers.size() != 1))
            return std::nullopt;
        auto& place = weights ? rows.weights : rows.activations;
        if (!place.emplace(weights ? key.substr(0, mark) : key, numbers).second)
            return std::nullopt;
    }
    // ncnn2int8 stops at an activation whose weights are missing.
    if (rows.weights.size() != rows.activations.size())
        return std::nullopt;
    for (const auto& [layer, numbers] : rows.activations)
        if (!rows.weights.contains(layer))
            return std::nullopt;
    return rows;
}

bool near_to(float value, double wanted) {
    return std::abs(value - wanted) <= 1e-6 * std::abs(wanted);
}

const Problem* find_problem(const Sidecar& sidecar, const char* code) {
    for (const Problem& problem : sidecar.problems)
        if (problem.code == code)
            return &problem;
    return nullptr;
}

/// The plan's target and everything else, but another original model behind it.
Resolved behind(const Resolved& resolved, std::shared_ptr<const Model> original) {
    auto prepared = std::make_shared<Prepared>(*resolved.prepared);
    prepared->original = std::move(original);
    Resolved result = resolved;
    result.prepared = std::move(prepared);
    return result;
}

/// small_cnn as onnx2ncnn and ncnnoptimize leave it: names kept, BatchNorm and activations in the
/// convolutions. `%1` … are the names of the quantizable layers and the blobs behind them.
constexpr const char* k_optimized = R"(7767517
8 9
Input                    input                    0 1 input 0=16 1=16 2=3
Convolution              /stem/Conv               1 1 input /stem/Relu_output_0 0=8 1=3 4=1 5=1 6=216 9=1
Split                    splitncnn_0              1 2 /stem/Relu_output_0 s_0 s_1
ConvolutionDepthWise     /block/depthwise/Conv    1 1 s_1 /block/Clip_output_0 0=8 1=3 4=1 5=1 6=72 7=8 9=3 -23310=2,0.0,6.0
Convolution              /block/project/Conv      1 1 /block/Clip_output_0 /block/project/Conv_output_0 0=8 1=1 5=1 6=64
BinaryOp                 /block/Add               2 1 /block/project/Conv_output_0 s_0 /block/Add_output_0 0=0
Pooling                  /pool/GlobalAveragePool  1 1 /block/Add_output_0 /Flatten_output_0 0=1 4=1
InnerProduct             /fc/Gemm                 1 1 /Flatten_output_0 logits 0=10 1=1 2=80
)";

/// The same as pnnx writes it: every name is new.
constexpr const char* k_renamed = R"(7767517
8 9
Input                    in0                      0 1 in0
Convolution              convrelu_1               1 1 in0 1 0=8 1=3 11=3 4=1 5=1 6=216 9=1
Split                    splitncnn_0              1 2 1 2 3
ConvolutionDepthWise     convdw_7                 1 1 3 4 0=8 1=3 11=3 4=1 5=1 6=72 7=8
Convolution              conv_0                   1 1 4 5 0=8 1=1 5=1 6=64
BinaryOp                 add_2                    2 1 5 2 6 0=0
Pooling                  gap_3                    1 1 6 7 0=1 4=1
InnerProduct             linear_4                 1 1 7 out0 0=10 1=1 2=80
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

}  // namespace

class TestSidecars : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    [[nodiscard]] std::filesystem::path place(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }
    [[nodiscard]] Result<Sidecar> table(const Resolved& resolved, const std::string& param) const {
        testing::write(place("net.param"), param);
        return export_ncnn_table(resolved, place("out.table"), place("net.param"));
    }

private slots:
    void versions() {
        QCOMPARE(tensorrt_version("8601").value(), std::string("8601"));
        QCOMPARE(tensorrt_version("8.6.1").value(), std::string("8601"));
        QCOMPARE(tensorrt_version("8.6").value(), std::string("8600"));
        QCOMPARE(tensorrt_version("7.0.0").value(), std::string("7000"));
        QCOMPARE(tensorrt_version("10.3.0").value(), std::string("100300"));
        for (const char* wrong : {"", "8.", ".6", "8.6.1.6", "8.6.1\n", "8,6", "-8", "latest", "8.600"})
            QVERIFY2(!tensorrt_version(wrong), wrong);
    }

    void a_cache_for_the_float_model() {
        const Case c(testing::small_cnn());
        const auto resolved = c("tensorrt");
        const auto written = export_tensorrt_cache(*resolved, place("m.cache"));
        QVERIFY2(written, written ? "" : written.error().detail.c_str());
        const auto scales = read_cache(testing::bytes_of(place("m.cache")), "8601");
        QCOMPARE(static_cast<int>(scales.size()), written->entries);
        const Graph& original = c.prepared->original->graph();
        for (const auto& [name, scale] : scales) {
            const auto id = original.find_tensor(name);
            QVERIFY2(id && !original[*id].is_initializer, name.c_str());
            // What a Relu or Clip cuts off needs no codes: before it the scale is that of what it gives.
            const std::string counts = name == "/block/depthwise/Conv_output_0"      ? "/block/Clip_output_0"
                                       : name == "/stem/BatchNormalization_output_0" ? "/stem/Relu_output_0"
                                                                                     : name;
            QCOMPARE(scale, static_cast<float>(c.amax(counts) / 127));
        }
        QVERIFY(c.amax("/block/depthwise/Conv_output_0") > c.amax("/block/Clip_output_0"));
        QVERIFY(scales.contains("/block/depthwise/Conv_output_0"));
        QVERIFY(scales.contains("/stem/BatchNormalization_output_0"));
        // What convolutions, the addition and the product read, and what they give.
        for (const char* name :
             {"input", "/stem/Relu_output_0", "/block/Clip_output_0", "/block/project/Conv_output_0",
              "/block/Add_output_0", "/Flatten_output_0", "logits"})
            QVERIFY2(scales.contains(name), name);
        QVERIFY(export_tensorrt_cache(*resolved, place("m.cache"), "100300"));
        QCOMPARE(read_cache(testing::bytes_of(place("m.cache")), "100300"), scales);
    }

    void a_cache_follows_the_plan() {
        const Case c(testing::small_cnn());
        Plan plan;
        plan.layers["/fc/Gemm"].set(Field::mode, "float");
        plan.tensors["input"].set(Field::clip, "-0.5,1.25");
        plan.tensors["/block/Add_output_0"].set(Field::clip, "-3,2");
        const auto resolved = c(plan, "tensorrt");
        QVERIFY(export_tensorrt_cache(*resolved, place("p.cache")));
        const auto scales = read_cache(testing::bytes_of(place("p.cache")), "8601");
        // TensorRT runs a layer without a scale behind it in float.
        QVERIFY(!scales.contains("logits"));
        QCOMPARE(scales.at("input"), static_cast<float>(1.25 / 127));
        QCOMPARE(scales.at("/block/Add_output_0"), static_cast<float>(3.0 / 127));
        Plan tiny;  // bits that begin with zeros
        tiny.tensors["input"].set(Field::clip, "-3e-36,3e-36");
        QVERIFY(export_tensorrt_cache(*c(tiny, "tensorrt"), place("p.cache")));
        QCOMPARE(read_cache(testing::bytes_of(place("p.cache")), "8601").at("input"),
                 static_cast<float>(double(3e-36f) / 127));
    }

    void a_cache_leaves_out_what_only_the_prepared_graph_has() {
        const Case c(testing::small_cnn());
        const auto resolved = c("tensorrt");
        QVERIFY(export_tensorrt_cache(*resolved, place("all.cache")));
        auto expected = read_cache(testing::bytes_of(place("all.cache")), "8601");
        onnx::ModelProto renamed = c.prepared->original->proto();
        for (auto& node : *renamed.mutable_graph()->mutable_node()) {
            for (auto& name : *node.mutable_input())
                if (name == "/block/Clip_output_0")
                    name = "elsewhere";
            for (auto& name : *node.mutable_output())
                if (name == "/block/Clip_output_0")
                    name = "elsewhere";
        }
        QCOMPARE(expected.erase("/block/Clip_output_0"), std::size_t(1));
        const auto other = behind(*resolved, *Model::from_proto(renamed));
        const auto written = export_tensorrt_cache(other, place("few.cache"));
        QVERIFY(written);
        QCOMPARE(read_cache(testing::bytes_of(place("few.cache")), "8601"), expected);
        const Problem* problem = find_problem(*written, "sidecar.tensors_left_out");
        QVERIFY(problem);
        QCOMPARE(problem->arguments, std::vector<std::string>{"1"});
    }

    void no_cache_beside_quantize_nodes() {
        const Case c(testing::small_cnn());
        onnx::ModelProto trained = c.prepared->original->proto();
        auto& graph = *trained.mutable_graph();
        *graph.add_initializer() = proto_from("one", make_tensor(Shape{}, std::vector<float>{1}));
        *graph.add_node() = make_node("QuantizeLinear", "q", {"input", "one"}, {"q"});
        *graph.add_node() = make_node("DequantizeLinear", "dq", {"q", "one"}, {"unread"});
        // Nodes of a file are in topological order; these come after what they read, which is an input.
        const auto model = Model::from_proto(trained);
        QVERIFY2(model, model ? "" : model.error().detail.c_str());
        const auto written = export_tensorrt_cache(behind(*c("tensorrt"), *model), place("q.cache"));
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::model_already_quantized);
        QVERIFY(!std::filesystem::exists(place("q.cache")));
    }

    void a_cache_says_symmetric_int8_only() {
        const Case c(testing::small_cnn());
        for (const char* target : {"onnxruntime-x86", "spacemit-k1"}) {  // unsigned; with a zero point
            const auto written = export_tensorrt_cache(*c(target), place("x.cache"));
            QVERIFY(written);
            const Problem* problem = find_problem(*written, "sidecar.not_expressible");
            QVERIFY(problem);
            QVERIFY(std::stoi(problem->arguments.at(0)) >= 4);
            for (const auto& [name, scale] : read_cache(testing::bytes_of(place("x.cache")), "8601"))
                QVERIFY2(name != "input" && name != "/stem/Relu_output_0", name.c_str());
        }
    }

    void a_table_under_onnx_names() {
        const Case c(testing::small_cnn());
        const auto resolved = c("ncnn");
        const auto written = export_ncnn_table(*resolved, place("m.table"));
        QVERIFY2(written, written ? "" : written.error().detail.c_str());
        const auto rows = read_table(testing::bytes_of(place("m.table")));
        QVERIFY(rows);
        QCOMPARE(written->entries, 4);
        QCOMPARE(rows->weights.size(), std::size_t(4));
        QVERIFY(find_problem(*written, "ncnn.names_assumed"));
        QCOMPARE(find_problem(*written, "ncnn.winograd")->arguments, std::vector<std::string>{"1"});
        const std::map<std::string, std::pair<std::string, std::size_t>> wanted = {
            {"/stem/Conv", {"input", 8}},
            {"/block/depthwise/Conv", {"/stem/Relu_output_0", 8}},
            {"/block/project/Conv", {"/block/Clip_output_0", 8}},
            {"/fc/Gemm", {"/Flatten_output_0", 10}}};
        for (const auto& [layer, read] : wanted) {
            QVERIFY2(rows->activations.contains(layer), layer.c_str());
            QVERIFY2(near_to(rows->activations.at(layer)[0], 127 / c.amax(read.first)), layer.c_str());
            const auto& multipliers = rows->weights.at(layer);
            QCOMPARE(multipliers.size(), read.second);
            const auto index = static_cast<int>(c.prepared->find_layer(layer) - c.prepared->layers.data());
            const auto& weight = *resolved->layers[static_cast<std::size_t>(index)].weight;
            const Tensor values = c.prepared->model->weight(weight.initializer);
            const auto codes = weight_codes(*resolved, index);
            const std::size_t each = codes.size() / multipliers.size();
            for (std::size_t channel = 0; channel < multipliers.size(); ++channel) {
                const auto floats = values.floats().subspan(channel * each, each);
                double absmax = 0;
                for (const float value : floats)
                    absmax = std::max(absmax, std::abs(double(value)));
                QVERIFY(near_to(multipliers[channel], 127 / absmax));
                // ncnn's own quantization with the number of the table gives our codes.
                for (std::size_t i = 0; i < each; ++i) {
                    const double product = double(floats[i]) * multipliers[channel];
                    const double tie = std::abs(std::abs(product - std::trunc(product)) - 0.5);
                    if (tie > 1e-4)
                        QCOMPARE(codes[channel * each + i], static_cast<int>(std::round(product)));
                }
            }
        }
    }

    void a_group_has_one_multiplier() {
        ModelBuilder b(17, 4);
        b.input("x", {1, 8, 8, 8}).output("y");
        b.conv("grouped", "x", "y", 8, 12, 3, 4);
        const Case c(b.build());
        QVERIFY(export_ncnn_table(*c("ncnn"), place("g.table")));
        const auto rows = read_table(testing::bytes_of(place("g.table")));
        QVERIFY(rows);
        const auto& multipliers = rows->weights.at("grouped");
        QCOMPARE(multipliers.size(), std::size_t(4));
        const Tensor values = c.prepared->model->weight("grouped.weight");
        const std::size_t each = values.floats().size() / 4;
        for (std::size_t group = 0; group < 4; ++group) {
            double absmax = 0;
            for (const float value : values.floats().subspan(group * each, each))
                absmax = std::max(absmax, std::abs(double(value)));
            QVERIFY(near_to(multipliers[group], 127 / absmax));
        }
    }

    void names_that_a_table_cannot_hold() {
        ModelBuilder b(17, 4);
        b.input("x", {1, 4, 8, 8}).output("y");
        b.conv("my conv", "x", "a", 4, 4);
        b.conv("odd_param_3", "a", "b", 4, 4);
        b.conv(std::string(300, 'n'), "b", "c", 4, 4);
        b.conv(std::string(247, 'n'), "c", "d", 4, 4);
        b.conv("", "d", "y", 4, 4);
        const Case c(b.build());
        const auto written = export_ncnn_table(*c("ncnn"), place("n.table"));
        QVERIFY(written);
        const auto rows = read_table(testing::bytes_of(place("n.table")));
        QVERIFY(rows);
        QCOMPARE(rows->weights.size(), std::size_t(2));
        QVERIFY(rows->weights.contains(std::string(247, 'n')));
        QVERIFY(rows->weights.contains("y"));  // unnamed: its first output
        const Problem* problem = find_problem(*written, "sidecar.not_expressible");
        QVERIFY(problem);
        QCOMPARE(problem->layer, std::string("my conv"));
        QCOMPARE(problem->arguments, std::vector<std::string>{"3"});
    }

    void names_of_a_param_file() {
        const Case c(testing::small_cnn());
        const auto resolved = c("ncnn");
        const auto kept = table(*resolved, k_optimized);
        QVERIFY2(kept, kept ? "" : kept.error().detail.c_str());
        QVERIFY(!find_problem(*kept, "ncnn.names_assumed") && !find_problem(*kept, "ncnn.matched_by_order"));
        const auto rows = read_table(testing::bytes_of(place("out.table")));
        QVERIFY(rows);
        QCOMPARE(rows->weights.size(), std::size_t(4));
        QVERIFY(rows->weights.contains("/block/depthwise/Conv"));

        // Other names, the same blobs.
        const auto blobs = table(*resolved, replaced(k_optimized, "Convolution              /stem/Conv  ",
                                                     "Convolution              first       "));
        QVERIFY(blobs);
        QVERIFY(!find_problem(*blobs, "ncnn.matched_by_order"));
        const auto first = read_table(testing::bytes_of(place("out.table")));
        QVERIFY(first);
        QCOMPARE(first->weights.at("first"), rows->weights.at("/stem/Conv"));

        // All names new.
        const auto renamed = table(*resolved, k_renamed);
        QVERIFY2(renamed, renamed ? "" : renamed.error().detail.c_str());
        QCOMPARE(find_problem(*renamed, "ncnn.matched_by_order")->arguments, std::vector<std::string>{"4"});
        const auto ordered = read_table(testing::bytes_of(place("out.table")));
        QVERIFY(ordered);
        QCOMPARE(ordered->weights.at("convrelu_1"), rows->weights.at("/stem/Conv"));
        QCOMPARE(ordered->weights.at("convdw_7"), rows->weights.at("/block/depthwise/Conv"));
        QCOMPARE(ordered->weights.at("conv_0"), rows->weights.at("/block/project/Conv"));
        QCOMPARE(ordered->activations.at("linear_4"), rows->activations.at("/fc/Gemm"));
    }

    void another_network_is_not_taken_for_this_one() {
        const Case c(testing::small_cnn());
        const auto resolved = c("ncnn");
        // Sizes differ: no order either.
        const auto size = table(*resolved, replaced(k_renamed, "0=8 1=1 5=1 6=64", "0=8 1=1 5=1 6=128"));
        QVERIFY(size);
        QCOMPARE(size->entries, 0);
        QCOMPARE(std::count_if(size->problems.begin(), size->problems.end(),
                               [](const Problem& p) { return p.code == "ncnn.not_in_param"; }),
                 4);
        // The same layers in the same order, connected otherwise.
        const auto other = table(*resolved, replaced(k_renamed, "1 1 4 5 0=8", "1 1 2 5 0=8"));
        QVERIFY(other);
        QCOMPARE(other->entries, 0);
        // The name is right, the size is not.
        const auto named = table(*resolved, replaced(k_optimized, "6=216", "6=432"));
        QVERIFY(named);
        QCOMPARE(named->entries, 3);
        QCOMPARE(find_problem(*named, "ncnn.not_in_param")->layer, std::string("/stem/Conv"));
        // A layer that ncnn has another operator for.
        const auto one = table(*resolved, replaced(k_optimized, "InnerProduct ", "Gemm         "));
        QVERIFY(one);
        QCOMPARE(one->entries, 3);
        QCOMPARE(find_problem(*one, "ncnn.not_in_param")->layer, std::string("/fc/Gemm"));
    }

    void blob_numbers_that_agree_by_chance() {
        // Two convolutions of one size; ours are called "1" and "2", and so are blobs of theirs, the other
        // way round.
        ModelBuilder b(17, 9);
        b.input("x", {1, 4, 8, 8}).output("1");
        b.conv("a", "x", "2", 4, 4);
        b.conv("b", "2", "1", 4, 4);
        const Case c(b.build());
        const auto resolved = c("ncnn");
        QVERIFY(export_ncnn_table(*resolved, place("own.table")));
        const auto own = read_table(testing::bytes_of(place("own.table")));
        const auto written = table(*resolved,
                                   "7767517\n3 3\nInput in0 0 1 in0\n"
                                   "Convolution conv_0 1 1 in0 1 0=4 1=3 6=144\n"
                                   "Convolution conv_1 1 1 1 2 0=4 1=3 6=144\n");
        QVERIFY(written);
        const auto rows = read_table(testing::bytes_of(place("out.table")));
        QVERIFY(rows && own);
        QCOMPARE(rows->weights.at("conv_0"), own->weights.at("a"));
        QCOMPARE(rows->weights.at("conv_1"), own->weights.at("b"));
        QCOMPARE(rows->activations.at("conv_1"), own->activations.at("b"));
    }

    void a_batch_norm_left_behind() {
        const Case c(testing::small_cnn());
        std::string param = replaced(k_optimized, "8 9\n", "9 10\n");
        param =
            replaced(param, "1 1 input /stem/Relu_output_0 0=8 1=3", "1 1 input /stem/Conv_output_0 0=8 1=3");
        param = replaced(param, "Split  ",
                         "BatchNorm bn 1 1 /stem/Conv_output_0 /stem/Relu_output_0 0=8\nSplit  ");
        const auto written = table(*c("ncnn"), param);
        QVERIFY2(written, written ? "" : written.error().detail.c_str());
        const Problem* problem = find_problem(*written, "ncnn.batch_norm");
        QVERIFY(problem);
        QCOMPARE(problem->layer, std::string("/stem/Conv"));
        const auto rows = read_table(testing::bytes_of(place("out.table")));
        QVERIFY(rows && !rows->weights.contains("/stem/Conv"));
        QCOMPARE(rows->weights.size(), std::size_t(3));
    }

    void wrong_param_files_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << "";
        QTest::newRow("magic") << QString(k_optimized).replace("7767517", "7767518");
        QTest::newRow("binary") << QString("\x5d\x86\x76\x00\x08");
        QTest::newRow("head") << QString(k_optimized).replace("8 9\n", "8\n");
        QTest::newRow("fewer layers") << QString(k_optimized).replace("8 9\n", "9 9\n");
        QTest::newRow("more blobs") << QString(k_optimized).replace("8 9\n", "8 3\n");
        QTest::newRow("no counts") << QString(k_optimized).replace("1 1 s_1", "s_1");
        QTest::newRow("missing blobs") << QString(k_optimized).replace("2 1 /block", "2 9 /block");
        QTest::newRow("no pair") << QString(k_optimized).replace("6=216", "6:216");
        QTest::newRow("same name") << QString(k_renamed).replace("linear_4", "conv_0  ");
        QTest::newRow("same blob") << QString(k_renamed).replace("1 1 7 out0", "1 1 7 5   ");
    }
    void wrong_param_files() {
        QFETCH(const QString, text);
        const Case c(testing::small_cnn());
        const auto written = table(*c("ncnn"), text.toStdString());
        QVERIFY(!written);
        QCOMPARE(written.error().code, ErrorCode::ncnn_param_invalid);
        QCOMPARE(written.error().subject, place("net.param").string());
    }

    void where_nothing_can_be_written() {
        const Case c(testing::small_cnn());
        const auto tensorrt = c("tensorrt"), ncnn = c("ncnn");
        QCOMPARE(export_tensorrt_cache(*tensorrt, place("none/x.cache")).error().code,
                 ErrorCode::output_unwritable);
        QCOMPARE(export_ncnn_table(*ncnn, place("none/x.table")).error().code, ErrorCode::output_unwritable);
        testing::write(place("net.param"), k_optimized);
        QCOMPARE(export_ncnn_table(*ncnn, place("net.param"), place("net.param")).error().code,
                 ErrorCode::output_equals_input);
        QCOMPARE(testing::bytes_of(place("net.param")), std::string(k_optimized));
        QCOMPARE(export_ncnn_table(*ncnn, place("x.table"), place("missing.param")).error().code,
                 ErrorCode::ncnn_param_invalid);
    }
};

QTEST_GUILESS_MAIN(TestSidecars)
#include "test_sidecars.moc"

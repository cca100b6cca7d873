// Models read and written: weights of every kind, external data, identity, graph index.
#include <sys/resource.h>

#include <QtTest>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;
namespace fs = std::filesystem;

namespace {

QString code_of(const Error& error) {
    const auto name = name_of(error.code);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

std::vector<float> floats(const Tensor& tensor) {
    return {tensor.floats().begin(), tensor.floats().end()};
}

std::string content(const fs::path& path) {
    return read_file(path, ErrorCode::model_not_found).value_or("");
}

std::vector<std::string> names(const std::vector<ValueInfo>& values) {
    std::vector<std::string> result;
    for (const auto& value : values)
        result.push_back(value.name);
    return result;
}

std::string sha256_of(const std::string& text) {
    return sha256_hex(std::as_bytes(std::span(text)));
}

using Strings = std::vector<std::string>;

}  // namespace

class TestModel : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_folder = fs::path(m_temporary->path().toStdString());
    }

    void saved_and_loaded();
    void external_data_round_trip();
    void external_data_is_mapped_once_and_shared();
    void external_data_at_an_odd_offset_is_aligned();
    void small_external_data_joins_the_proto();
    void derived_model_shares_external_weights();
    void identity_covers_external_data();
    void weights_of_every_field();
    void half_precision_weights();
    void initializers_among_the_inputs();
    void open_dimensions();
    void unknown_fields_and_newer_versions();
    void already_quantized();
    void loading_can_be_cancelled();
    void unwritable_output();
    void full_disk_leaves_nothing();

private:
    fs::path write(const onnx::ModelProto& proto, const std::string& name = "model.onnx") const {
        std::ofstream(m_folder / name, std::ios::binary) << proto.SerializeAsString();
        return m_folder / name;
    }
    std::shared_ptr<const Model> load(const fs::path& path) const {
        auto model = Model::load(path);
        if (!model)
            qWarning("%s: %s", qPrintable(code_of(model.error())), model.error().detail.c_str());
        return model ? *model : nullptr;
    }
    int files_in_folder() const {
        return static_cast<int>(std::distance(fs::directory_iterator(m_folder), fs::directory_iterator()));
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

void TestModel::saved_and_loaded() {
    const auto made = small_cnn();
    const fs::path path = m_folder / "cnn.onnx";
    QVERIFY(save_model(made->proto(), path));
    QCOMPARE(files_in_folder(), 1);
    const auto read = load(path);
    QVERIFY(read);
    QCOMPARE(read->proto().SerializeAsString(), made->proto().SerializeAsString());
    QCOMPARE(read->opset(), std::int64_t(17));
    QCOMPARE(read->ir_version(), std::int64_t(8));
    QCOMPARE(read->path(), path);
    QCOMPARE(read->files(), std::vector<fs::path>{path});
    QCOMPARE(read->file_bytes(), static_cast<std::int64_t>(fs::file_size(path)));
    QCOMPARE(read->sha256(), sha256_of(content(path)));
    QCOMPARE(made->sha256(), read->sha256());
    QCOMPARE(names(read->inputs()), Strings{"input"});
    QCOMPARE(names(read->outputs()), Strings{"logits"});
    QCOMPARE(floats(read->weight("fc.weight")), floats(made->weight("fc.weight")));
    QCOMPARE(read->weight("nothing").type, ElementType::undefined);
}

void TestModel::external_data_round_trip() {
    const fs::path path = m_folder / "wide.onnx", data = m_folder / "wide.onnx.data";
    ModelBuilder b;
    b.input("x", {1, 16}).output("y").weight("a", {16, 40}).weight("b", {40, 300}).weight("small", {300});
    b.node("MatMul", "one", {"x", "a"}, {"h"});
    b.node("MatMul", "two", {"h", "b"}, {"g"});
    b.node("Add", "three", {"g", "small"}, {"y"});
    const auto wide = b.build();
    QVERIFY(save_model(wide->proto(), path, 1000));
    QCOMPARE(files_in_folder(), 2);
    QVERIFY(fs::file_size(path) < 2500);

    onnx::ModelProto proto;
    QVERIFY(proto.ParseFromString(content(path)));
    for (const auto& tensor : proto.graph().initializer()) {
        QVERIFY(!tensor.has_raw_data());
        for (const auto& entry : tensor.external_data())
            if (entry.key() == "offset")
                QCOMPARE(std::stoll(entry.value()) % 4096, 0LL);
    }
    const auto read = load(path);
    QVERIFY(read);
    for (const char* name : {"a", "b", "small"})
        QCOMPARE(floats(read->weight(name)), floats(wide->weight(name)));
    QCOMPARE(read->external_weights(), Strings{"b"});  // "a" and "small" are small enough to be read
    QCOMPARE(read->files(), (std::vector<fs::path>{path, data}));
    QCOMPARE(read->file_bytes(), static_cast<std::int64_t>(fs::file_size(path) + fs::file_size(data)));

    // Saving again needs the bytes that are not in the proto.
    const auto refused = save_model(read->proto(), m_folder / "again.onnx");
    QVERIFY(!refused);
    QCOMPARE(code_of(refused.error()), "output.unwritable");
    QVERIFY(save_model(read->proto(), m_folder / "again.onnx", 1000, read.get()));
    const auto again = load(m_folder / "again.onnx");
    QVERIFY(again);
    QCOMPARE(floats(again->weight("b")), floats(wide->weight("b")));
}

namespace {
/// x + w where the 5000 floats "w" are external at this offset.
onnx::ModelProto external_add(const std::string& location, const std::string& offset, int count = 5000) {
    ModelBuilder b;
    b.input("x", {count}).output("y").node("Add", "add", {"x", "w"}, {"y"});
    auto& tensor = *b.proto().mutable_graph()->add_initializer();
    tensor.set_name("w");
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_dims(count);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : {std::pair{"location", location}, std::pair{"offset", offset}}) {
        auto& entry = *tensor.add_external_data();
        entry.set_key(key);
        entry.set_value(value);
    }
    return b.proto();
}

std::vector<float> counting(std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(i);
    return values;
}

void write_floats(const fs::path& path, const std::string& before, const std::vector<float>& values) {
    std::ofstream file(path, std::ios::binary);
    file << before;
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * 4));
}
}  // namespace

void TestModel::external_data_is_mapped_once_and_shared() {
    fs::create_directory(m_folder / "weights");
    write_floats(m_folder / "weights/w.bin", std::string(8, '\0'), counting(5000));
    auto proto = external_add("weights/w.bin", "8");
    auto& second = *proto.mutable_graph()->add_initializer();
    second = proto.graph().initializer(0);
    second.set_name("v");
    Tensor kept;
    {
        const auto model = load(write(proto));
        QVERIFY(model);
        QCOMPARE(model->external_weights(), (Strings{"w", "v"}));
        QCOMPARE(model->weight("w").bytes.data(), model->weight("v").bytes.data());
        QVERIFY(!model->proto().graph().initializer(0).has_raw_data());
        kept = model->weight("w");
    }
    QCOMPARE(floats(kept), counting(5000));  // the tensor keeps the mapping
}

void TestModel::external_data_at_an_odd_offset_is_aligned() {
    write_floats(m_folder / "w.bin", "abc", counting(5000));
    const auto model = load(write(external_add("w.bin", "3")));
    QVERIFY(model);
    const Tensor weight = model->weight("w");
    QCOMPARE(reinterpret_cast<std::uintptr_t>(weight.bytes.data()) % alignof(float), std::uintptr_t(0));
    QCOMPARE(floats(weight), counting(5000));
}

void TestModel::small_external_data_joins_the_proto() {
    write_floats(m_folder / "w.bin", "", counting(4));
    const auto model = load(write(external_add("w.bin", "0", 4)));
    QVERIFY(model);
    QVERIFY(model->external_weights().empty());
    QCOMPARE(model->proto().graph().initializer(0).data_location(), onnx::TensorProto::DEFAULT);
    QCOMPARE(floats(model->weight("w")), counting(4));
}

void TestModel::derived_model_shares_external_weights() {
    write_floats(m_folder / "w.bin", "", counting(5000));
    const auto origin = load(write(external_add("w.bin", "0")));
    QVERIFY(origin);
    onnx::ModelProto changed = origin->proto();
    changed.mutable_graph()->mutable_node(0)->set_op_type("Mul");
    const auto derived = Model::derive(changed, *origin);
    QVERIFY(derived);
    QCOMPARE((*derived)->weight("w").bytes.data(), origin->weight("w").bytes.data());
    QCOMPARE((*derived)->external_weights(), Strings{"w"});
    QVERIFY((*derived)->sha256() != origin->sha256());
    auto other_values = counting(5000);
    other_values[0] = -1;
    write_floats(m_folder / "w2.bin", "", other_values);
    fs::rename(m_folder / "w2.bin", m_folder / "w.bin");  // the mapping of the first keeps its file
    const auto other = Model::derive(changed, *load(m_folder / "model.onnx"));
    QVERIFY(other && (*other)->sha256() != (*derived)->sha256());
    changed.mutable_graph()->mutable_initializer(0)->set_name("other");
    changed.mutable_graph()->mutable_node(0)->set_input(1, "other");
    const auto missing = Model::derive(changed, *origin);
    QVERIFY(!missing);
    QCOMPARE(code_of(missing.error()), "model.external_data_missing");
}

void TestModel::identity_covers_external_data() {
    write_floats(m_folder / "w.bin", "", counting(5000));
    const fs::path path = write(external_add("w.bin", "0"));
    const auto before = load(path);
    QCOMPARE(before->sha256(), sha256_of(content(path) + content(m_folder / "w.bin")));
    auto values = counting(5000);
    values[4999] = -1;
    write_floats(m_folder / "w.bin", "", values);
    QVERIFY(load(path)->sha256() != before->sha256());
}

void TestModel::weights_of_every_field() {
    using Bytes = std::vector<std::byte>;
    const auto bytes = [](const Tensor& tensor) { return Bytes(tensor.bytes.begin(), tensor.bytes.end()); };
    const auto raw = []<class T>(std::vector<T> values) {
        Bytes result(values.size() * sizeof(T));
        std::memcpy(result.data(), values.data(), result.size());
        return result;
    };
    const auto typed = [](int type, auto fill) {
        onnx::TensorProto proto;
        proto.set_data_type(type);
        proto.add_dims(2);
        fill(proto);
        return tensor_from(proto);
    };
    const auto int32 = [](onnx::TensorProto& p) { p.add_int32_data(200), p.add_int32_data(-3); };
    const auto uint64 = [](onnx::TensorProto& p) { p.add_uint64_data(7), p.add_uint64_data(3000000000u); };
    QCOMPARE(bytes(typed(1, [](auto& p) { p.add_float_data(1), p.add_float_data(-2); })),
             raw(std::vector<float>{1, -2}));
    QCOMPARE(bytes(typed(11, [](auto& p) { p.add_double_data(1), p.add_double_data(-2); })),
             raw(std::vector<double>{1, -2}));
    QCOMPARE(bytes(typed(7, [](auto& p) { p.add_int64_data(1), p.add_int64_data(-2); })),
             raw(std::vector<std::int64_t>{1, -2}));
    QCOMPARE(bytes(typed(6, int32)), raw(std::vector<std::int32_t>{200, -3}));
    QCOMPARE(bytes(typed(5, int32)), raw(std::vector<std::int16_t>{200, -3}));
    QCOMPARE(bytes(typed(3, int32)), raw(std::vector<std::int8_t>{-56, -3}));
    QCOMPARE(bytes(typed(2, int32)), raw(std::vector<std::uint8_t>{200, 253}));
    QCOMPARE(bytes(typed(10, int32)), raw(std::vector<std::uint16_t>{200, 65533}));
    QCOMPARE(bytes(typed(12, uint64)), raw(std::vector<std::uint32_t>{7, 3000000000u}));
    QCOMPARE(bytes(typed(13, uint64)), raw(std::vector<std::uint64_t>{7, 3000000000u}));
    QCOMPARE(bytes(typed(22, [](auto& p) { p.add_int32_data(0x7f); })), raw(std::vector<std::uint8_t>{0x7f}));
    QCOMPARE(typed(1, int32).type, ElementType::undefined);  // the data lie in the wrong field
    QCOMPARE(typed(22, [](auto& p) { p.set_raw_data("ab"); }).type, ElementType::undefined);
}

void TestModel::half_precision_weights() {
    ModelBuilder b;
    b.input("x", {2}, ElementType::float16).output("y", ElementType::float16);
    *b.proto().mutable_graph()->add_initializer() =
        proto_from("w", make_tensor(ElementType::float16, {2}, std::vector<std::byte>(4, std::byte{0x3c})));
    b.node("Add", "add", {"x", "w"}, {"y"});
    const auto model = load(write(b.proto()));
    QVERIFY(model);
    QCOMPARE(model->inputs()[0].type, ElementType::float16);
    QCOMPARE(model->weight("w").type, ElementType::float16);
    QCOMPARE(model->weight("w").bytes.size(), std::size_t(4));
    QVERIFY(!model->already_quantized());
}

void TestModel::initializers_among_the_inputs() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.set_ir_version(3);
    for (const auto& tensor : proto.graph().initializer())
        proto.mutable_graph()->add_input()->set_name(tensor.name());
    const auto model = load(write(proto));
    QVERIFY(model);
    QCOMPARE(names(model->inputs()), Strings{"input"});
    const auto& graph = model->graph();
    QVERIFY(graph[*graph.find_tensor("fc.weight")].is_initializer);
    QVERIFY(!graph[*graph.find_tensor("fc.weight")].is_input);
}

void TestModel::open_dimensions() {
    ModelBuilder b;
    b.input("x", {1, 3, -1, 0}).output("y").node("Relu", "relu", {"x"}, {"y"});
    b.proto()
        .mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(0)
        ->set_dim_param("batch");
    const auto input = b.build()->inputs().front();
    QVERIFY(input.has_shape);
    QCOMPARE(input.shape[0].name, std::string("batch"));
    const std::int64_t values[] = {-1, 3, -1, -1};
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(input.shape[i].value, values[i]);
}

void TestModel::unknown_fields_and_newer_versions() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.set_ir_version(99);
    auto& node = *proto.mutable_graph()->mutable_node(0);
    node.GetReflection()->MutableUnknownFields(&node)->AddLengthDelimited(9, "metadata of later versions");
    auto& graph = *proto.mutable_graph();
    graph.GetReflection()->MutableUnknownFields(&graph)->AddLengthDelimited(99, "graph of later versions");
    proto.GetReflection()->MutableUnknownFields(&proto)->AddLengthDelimited(99, "model of later versions");
    const auto model = load(write(proto));
    QVERIFY(model);
    for (const std::int64_t limit : {1000000, 1000}) {  // whole, and with its weights outside
        QVERIFY(save_model(model->proto(), m_folder / "copy.onnx", limit));
        for (const char* text : {"metadata of later", "graph of later", "model of later"})
            QVERIFY2(content(m_folder / "copy.onnx").find(text) != std::string::npos, text);
    }
}

void TestModel::already_quantized() {
    QVERIFY(!small_cnn()->already_quantized());
    for (const char* op : {"QuantizeLinear", "DequantizeLinear", "QLinearConv", "MatMulInteger"}) {
        ModelBuilder b;
        b.input("x", {1}).output("y").node(op, "node", {"x", "x", "x"}, {"y"});
        QVERIFY2(b.build()->already_quantized(), op);
    }
}

void TestModel::loading_can_be_cancelled() {
    CancelToken token;
    token.cancel();
    const auto model = Model::load(write(small_cnn()->proto()), JobContext(token));
    QVERIFY(!model);
    QCOMPARE(code_of(model.error()), "cancelled");
}

void TestModel::unwritable_output() {
    const auto saved = save_model(small_cnn()->proto(), m_folder / "no/such/folder/model.onnx");
    QVERIFY(!saved);
    QCOMPARE(code_of(saved.error()), "output.unwritable");
    const auto external = save_model(small_cnn()->proto(), m_folder / "no/such/folder/model.onnx", 10);
    QVERIFY(!external);
    QCOMPARE(code_of(external.error()), "output.unwritable");
}

void TestModel::full_disk_leaves_nothing() {
    // A limit on file sizes fails like a full disk: write() ends early with an error.
    ModelBuilder b;
    b.input("x", {1, 200}).output("y").weight("w", {200, 200}).node("MatMul", "m", {"x", "w"}, {"y"});
    const auto model = b.build();
    rlimit before = {};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tight = {40000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto inside = save_model(model->proto(), m_folder / "model.onnx");
    const auto external = save_model(model->proto(), m_folder / "model.onnx", 10);
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    QVERIFY(!inside && !external);
    QCOMPARE(code_of(inside.error()), "output.disk_full");
    QCOMPARE(code_of(external.error()), "output.disk_full");
    QCOMPARE(files_in_folder(), 0);
}

QTEST_GUILESS_MAIN(TestModel)
#include "test_model.moc"

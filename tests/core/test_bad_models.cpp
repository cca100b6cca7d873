// Bad input by name: each gets its error code, its subject, and no crash.
#include <sys/stat.h>

#include <QtTest>
#include <filesystem>
#include <fstream>

#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;
namespace fs = std::filesystem;

namespace {

QString code_of(const Result<std::shared_ptr<const Model>>& model) {
    if (model)
        return "loaded";
    const auto name = name_of(model.error().code);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

std::string bytes_of_cnn() {
    return small_cnn()->proto().SerializeAsString();
}

/// Conv whose 8x3x3x3 weight "w" is external data as `entries` say.
onnx::ModelProto external_model(const std::vector<std::pair<std::string, std::string>>& entries) {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y");
    b.node("Conv", "conv", {"x", "w"}, {"y"});
    auto& tensor = *b.proto().mutable_graph()->add_initializer();
    tensor.set_name("w");
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const int size : {8, 3, 3, 3})
        tensor.add_dims(size);
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
        tensor.add_external_data()->set_key(key);
        tensor.mutable_external_data(tensor.external_data_size() - 1)->set_value(value);
    }
    return b.proto();
}

constexpr std::size_t k_weight_bytes = 8 * 3 * 3 * 3 * 4;

}  // namespace

class TestBadModels : public QObject {
    Q_OBJECT

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = fs::path(m_folder->path().toStdString()) / "model";
        fs::create_directory(m_path);
    }

    void missing_file();
    void a_folder();
    void a_pipe();
    void over_two_gigabytes();
    void not_an_onnx_file_data();
    void not_an_onnx_file();
    void no_graph();
    void no_nodes();
    void no_ir_version();
    void truncated_data();
    void truncated();
    void truncated_between_fields();
    void protobuf_length_that_lies_data();
    void protobuf_length_that_lies();
    void any_damaged_byte_is_survived();
    void initializer_shorter_than_its_shape();
    void initializer_with_negative_size();
    void initializer_with_overflowing_size();
    void constant_shorter_than_its_shape();
    void external_data_missing();
    void external_data_without_location();
    void external_data_short();
    void external_data_offset_past_the_end();
    void external_data_length_that_lies();
    void external_data_offset_that_overflows();
    void external_data_escaping_by_parent_folder();
    void external_data_escaping_inside_the_path();
    void external_data_escaping_by_absolute_path();
    void external_data_escaping_by_symlink();
    void external_data_escaping_by_linked_folder();
    void external_data_escaping_in_a_constant();
    void external_data_in_a_model_made_in_memory();
    void cyclic_graph();
    void node_reading_itself();
    void cyclic_subgraph();
    void duplicate_outputs();
    void duplicate_of_an_initializer();
    void duplicate_inputs();
    void dangling_input();
    void dangling_graph_output();
    void dangling_name_in_a_subgraph();
    void subgraphs_nested_without_end();

private:
    fs::path write(const std::string& bytes, const std::string& name = "model.onnx") const {
        std::ofstream(m_path / name, std::ios::binary) << bytes;
        return m_path / name;
    }
    QString code_of_bytes(const std::string& bytes) const { return code_of(Model::load(write(bytes))); }
    QString code_of_proto(const onnx::ModelProto& proto) const {
        return code_of_bytes(proto.SerializeAsString());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_path;
};

void TestBadModels::missing_file() {
    const auto model = Model::load(m_path / "nothing.onnx");
    QCOMPARE(code_of(model), "model.not_found");
    QCOMPARE(model.error().subject, (m_path / "nothing.onnx").string());
}

void TestBadModels::a_folder() {
    QCOMPARE(code_of(Model::load(m_path)), "model.not_found");
}

void TestBadModels::a_pipe() {
    QCOMPARE(::mkfifo((m_path / "pipe").c_str(), 0600), 0);
    QCOMPARE(code_of(Model::load(m_path / "pipe")), "model.not_found");
}

void TestBadModels::over_two_gigabytes() {
    const auto path = write(bytes_of_cnn());
    fs::resize_file(path, std::uintmax_t{1} << 31);  // sparse: takes no room
    QCOMPARE(code_of(Model::load(path)), "model.too_large");
}

void TestBadModels::not_an_onnx_file_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("import torch\nprint('hello')\n");
    QTest::newRow("blank lines") << QByteArray("\n\n\n\n");
    QTest::newRow("json") << QByteArray("{\"a\": 1}");
    QTest::newRow("quoted text") << QByteArray("\"name\",\"value\"\n1,2\n");
    QTest::newRow("table") << QByteArray("2023,1,2,3\n2024,4,5,6\n");
    QTest::newRow("picture") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    QTest::newRow("archive") << QByteArray("PK\x03\x04\x14\0\0\0\x08\0", 10);
    QTest::newRow("zeros") << QByteArray(64, '\0');
    QTest::newRow("other protobuf") << QByteArray("\x08\x01\x12\x05\x0a\x01\x02\x03\x04", 9);
}

void TestBadModels::not_an_onnx_file() {
    QFETCH(QByteArray, bytes);
    const auto path = write(bytes.toStdString());
    const auto model = Model::load(path);
    QCOMPARE(code_of(model), "model.not_onnx");
    QCOMPARE(model.error().subject, path.string());
}

void TestBadModels::no_graph() {
    onnx::ModelProto proto;
    proto.set_ir_version(8);
    QCOMPARE(code_of(Model::from_proto(proto)), "model.not_onnx");
}

void TestBadModels::no_nodes() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.mutable_graph()->clear_node();
    QCOMPARE(code_of_proto(proto), "model.not_onnx");
}

void TestBadModels::no_ir_version() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.clear_ir_version();
    QCOMPARE(code_of_proto(proto), "model.not_onnx");
}

void TestBadModels::truncated_data() {
    QTest::addColumn<int>("kept");
    const auto size = static_cast<int>(bytes_of_cnn().size());
    for (const int kept : {1, 3, 4, 5, 20, 100, 1000, size / 2, size - 100, size - 10, size - 2, size - 1})
        QTest::addRow("%d of %d", kept, size) << kept;
}

void TestBadModels::truncated() {
    QFETCH(int, kept);
    const auto path = write(bytes_of_cnn().substr(0, static_cast<std::size_t>(kept)));
    const auto model = Model::load(path);
    QCOMPARE(code_of(model), "model.truncated");
    QCOMPARE(model.error().subject, path.string());
}

void TestBadModels::truncated_between_fields() {
    // A cut that leaves whole fields only: before the graph, and between graph and opset.
    onnx::ModelProto proto = small_cnn()->proto();
    proto.set_producer_name("pytorch");
    proto.clear_opset_import();
    QCOMPARE(code_of_proto(proto), "model.truncated");
    proto.clear_graph();
    QCOMPARE(code_of_proto(proto), "model.truncated");
}

void TestBadModels::protobuf_length_that_lies_data() {
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray head("\x08\x08", 2);  // ir_version 8
    QTest::newRow("graph of 2 GB") << head + QByteArray("\x3a\xff\xff\xff\xff\x07rest", 10);
    QTest::newRow("graph of 2^63") << head + QByteArray("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
    QTest::newRow("graph of minus one")
        << head + QByteArray("\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    QTest::newRow("node longer than its graph") << head + QByteArray("\x3a\x04\x0a\x7f\x0a\x01", 6);
    // graph { initializer { raw_data: "..." } } with a length of 2 GB
    QTest::newRow("raw data of 2 GB")
        << head + QByteArray("\x3a\x0a\x2a\x08\x4a\xff\xff\xff\xff\x07\x01\x02", 12);
    QTest::newRow("floats of 1 GB") << head +
                                           QByteArray("\x3a\x0a\x2a\x08\x22\xfc\xff\xff\xff\x03\x01\x02", 12);
}

void TestBadModels::protobuf_length_that_lies() {
    QFETCH(QByteArray, bytes);
    QCOMPARE(code_of_bytes(bytes.toStdString()), "model.truncated");
}

void TestBadModels::any_damaged_byte_is_survived() {
    const std::string whole = bytes_of_cnn();
    for (std::size_t i = 0; i < whole.size(); i += 7) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 0xff);
        const auto model = Model::load(write(damaged));
        if (!model)
            QVERIFY2(code_of(model).startsWith("model."), qPrintable(code_of(model)));
    }
}

void TestBadModels::initializer_shorter_than_its_shape() {
    onnx::ModelProto proto = small_cnn()->proto();
    auto& tensor = *proto.mutable_graph()->mutable_initializer(0);
    tensor.mutable_raw_data()->pop_back();
    const auto model = Model::load(write(proto.SerializeAsString()));
    QCOMPARE(code_of(model), "model.truncated");
    QCOMPARE(model.error().subject, tensor.name());
    tensor.clear_raw_data();
    tensor.add_float_data(1);
    QCOMPARE(code_of_proto(proto), "model.truncated");
}

void TestBadModels::initializer_with_negative_size() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.mutable_graph()->mutable_initializer(0)->set_dims(0, -8);
    const auto model = Model::load(write(proto.SerializeAsString()));
    QCOMPARE(code_of(model), "model.not_onnx");
    QCOMPARE(model.error().subject, proto.graph().initializer(0).name());
}

void TestBadModels::initializer_with_overflowing_size() {
    onnx::ModelProto proto = small_cnn()->proto();
    auto& tensor = *proto.mutable_graph()->mutable_initializer(0);
    // 2^62 elements of 4 bytes are 2^64 bytes, which is 0 in 64 bits.
    tensor.clear_dims();
    tensor.add_dims(std::int64_t{1} << 31);
    tensor.add_dims(std::int64_t{1} << 31);
    tensor.clear_raw_data();
    const auto model = Model::load(write(proto.SerializeAsString()));
    QCOMPARE(code_of(model), "model.not_onnx");
    QCOMPARE(model.error().subject, tensor.name());
}

void TestBadModels::constant_shorter_than_its_shape() {
    ModelBuilder b;
    b.input("x", {2}).output("y");
    auto& value = *b.node("Constant", "c", {}, {"c"}).add_attribute();
    value.set_name("value");
    value.set_type(onnx::AttributeProto::TENSOR);
    *value.mutable_t() = proto_from("constant", make_tensor({2}, std::vector<float>{1, 2}));
    value.mutable_t()->set_dims(0, 3);
    b.node("Add", "add", {"x", "c"}, {"y"});
    QCOMPARE(code_of_proto(b.proto()), "model.truncated");
}

void TestBadModels::external_data_missing() {
    const auto model = Model::load(write(external_model({{"location", "w.bin"}}).SerializeAsString()));
    QCOMPARE(code_of(model), "model.external_data_missing");
    QCOMPARE(model.error().subject, std::string("w"));
    QVERIFY(model.error().detail.find("w.bin") != std::string::npos);
    fs::create_directory(m_path / "w.bin");
    QCOMPARE(code_of(Model::load(m_path / "model.onnx")), "model.external_data_missing");
}

void TestBadModels::external_data_without_location() {
    QCOMPARE(code_of_proto(external_model({})), "model.external_data_missing");
}

void TestBadModels::external_data_short() {
    write(std::string(k_weight_bytes - 1, 'x'), "w.bin");
    const auto model = Model::load(write(external_model({{"location", "w.bin"}}).SerializeAsString()));
    QCOMPARE(code_of(model), "model.external_data_short");
    QCOMPARE(model.error().subject, std::string("w"));
    write("", "w.bin");
    QCOMPARE(code_of(Model::load(m_path / "model.onnx")), "model.external_data_short");
}

void TestBadModels::external_data_offset_past_the_end() {
    write(std::string(k_weight_bytes, 'x'), "w.bin");
    QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"offset", "0"}})), "loaded");
    QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"offset", "4"}})),
             "model.external_data_short");
    QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"offset", "9999"}})),
             "model.external_data_short");
    auto empty = external_model({{"location", "w.bin"}, {"offset", "9999"}});
    empty.mutable_graph()->mutable_initializer(0)->set_dims(0, 0);
    QCOMPARE(code_of_proto(empty), "model.external_data_short");
}

void TestBadModels::external_data_length_that_lies() {
    write(std::string(k_weight_bytes, 'x'), "w.bin");
    for (const char* length : {"863", "865", "-1", "many", "99999999999999999999"})
        QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"length", length}})),
                 "model.external_data_short");
    QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"length", "864"}})), "loaded");
}

void TestBadModels::external_data_offset_that_overflows() {
    write(std::string(k_weight_bytes, 'x'), "w.bin");
    for (const char* offset : {"9223372036854775807", "18446744073709551615", "-4", ""})
        QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}, {"offset", offset}})),
                 "model.external_data_short");
}

void TestBadModels::external_data_escaping_by_parent_folder() {
    write(std::string(k_weight_bytes, 'x'), "../w.bin");
    const auto model = Model::load(write(external_model({{"location", "../w.bin"}}).SerializeAsString()));
    QCOMPARE(code_of(model), "model.external_data_escapes");
    QCOMPARE(model.error().subject, std::string("w"));
}

void TestBadModels::external_data_escaping_inside_the_path() {
    fs::create_directory(m_path / "a");
    write(std::string(k_weight_bytes, 'x'), "../w.bin");
    QCOMPARE(code_of_proto(external_model({{"location", "a/../../w.bin"}})), "model.external_data_escapes");
    // Not even where it would come back: what a folder's parent is depends on links.
    write(std::string(k_weight_bytes, 'x'), "w.bin");
    QCOMPARE(code_of_proto(external_model({{"location", "a/../w.bin"}})), "model.external_data_escapes");
}

void TestBadModels::external_data_escaping_by_absolute_path() {
    write(std::string(k_weight_bytes, 'x'), "w.bin");
    QCOMPARE(code_of_proto(external_model({{"location", (m_path / "w.bin").string()}})),
             "model.external_data_escapes");
    QCOMPARE(code_of_proto(external_model({{"location", "/etc/passwd"}})), "model.external_data_escapes");
}

void TestBadModels::external_data_escaping_by_symlink() {
    write(std::string(k_weight_bytes, 'x'), "../w.bin");
    fs::create_symlink("../w.bin", m_path / "w.bin");
    QCOMPARE(code_of_proto(external_model({{"location", "w.bin"}})), "model.external_data_escapes");
}

void TestBadModels::external_data_escaping_by_linked_folder() {
    fs::create_directory(m_path.parent_path() / "outside");
    write(std::string(k_weight_bytes, 'x'), "../outside/w.bin");
    fs::create_directory_symlink("../outside", m_path / "inside");
    QCOMPARE(code_of_proto(external_model({{"location", "inside/w.bin"}})), "model.external_data_escapes");
}

void TestBadModels::external_data_escaping_in_a_constant() {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y");
    auto& value = *b.node("Constant", "c", {}, {"w"}).add_attribute();
    value.set_name("value");
    value.set_type(onnx::AttributeProto::TENSOR);
    *value.mutable_t() = external_model({{"location", "../w.bin"}}).graph().initializer(0);
    b.node("Conv", "conv", {"x", "w"}, {"y"});
    QCOMPARE(code_of_proto(b.proto()), "model.external_data_escapes");
}

void TestBadModels::external_data_in_a_model_made_in_memory() {
    QCOMPARE(code_of(Model::from_proto(external_model({{"location", "w.bin"}}))),
             "model.external_data_missing");
}

void TestBadModels::cyclic_graph() {
    ModelBuilder b;
    b.input("x", {1}).output("y");
    b.node("Relu", "before", {"x"}, {"r"});
    b.node("Add", "first", {"r", "c"}, {"b"});
    b.node("Relu", "second", {"b"}, {"c"});
    b.node("Relu", "after", {"c"}, {"y"});
    const auto model = Model::from_proto(b.proto());
    QCOMPARE(code_of(model), "model.cyclic");
    QVERIFY(model.error().subject == "first" || model.error().subject == "second");
    QCOMPARE(code_of_proto(b.proto()), "model.cyclic");
}

void TestBadModels::node_reading_itself() {
    ModelBuilder b;
    b.input("x", {1}).output("y").node("Add", "add", {"x", "y"}, {"y"});
    const auto model = Model::from_proto(b.proto());
    QCOMPARE(code_of(model), "model.cyclic");
    QCOMPARE(model.error().subject, std::string("add"));
}

namespace {
/// If with both branches given; "condition" and "x" are inputs of the model.
onnx::ModelProto with_branches(const onnx::GraphProto& branch) {
    ModelBuilder b;
    b.input("condition", {}, ElementType::boolean).input("x", {1}).output("y");
    auto& node = b.node("If", "if", {"condition"}, {"y"});
    for (const char* name : {"then_branch", "else_branch"}) {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::GRAPH);
        *attribute.mutable_g() = branch;
    }
    return b.proto();
}
}  // namespace

void TestBadModels::cyclic_subgraph() {
    ModelBuilder branch;
    branch.output("inner").node("Add", "inner_add", {"x", "inner"}, {"inner"});
    const auto model = Model::from_proto(with_branches(branch.proto().graph()));
    QCOMPARE(code_of(model), "model.cyclic");
    QCOMPARE(model.error().subject, std::string("inner_add"));
}

void TestBadModels::duplicate_outputs() {
    ModelBuilder b;
    b.input("x", {1}).output("y").node("Relu", "one", {"x"}, {"y"});
    b.node("Relu", "two", {"x"}, {"y"});
    const auto model = Model::from_proto(b.proto());
    QCOMPARE(code_of(model), "model.duplicate_name");
    QCOMPARE(model.error().subject, std::string("y"));
}

void TestBadModels::duplicate_of_an_initializer() {
    ModelBuilder b;
    b.input("x", {1}).output("y").weight("w", {1});
    b.node("Relu", "one", {"x"}, {"w"});
    b.node("Add", "two", {"x", "w"}, {"y"});
    QCOMPARE(code_of(Model::from_proto(b.proto())), "model.duplicate_name");
    ModelBuilder twice;
    twice.input("x", {1}).output("y").weight("w", {1}).weight("w", {1}).node("Add", "two", {"x", "w"}, {"y"});
    QCOMPARE(code_of(Model::from_proto(twice.proto())), "model.duplicate_name");
    ModelBuilder input;
    input.input("x", {1}).output("y").node("Relu", "one", {"x"}, {"x"});
    QCOMPARE(code_of(Model::from_proto(input.proto())), "model.duplicate_name");
}

void TestBadModels::duplicate_inputs() {
    ModelBuilder b;
    b.input("x", {1}).input("x", {1}).output("y").node("Relu", "one", {"x"}, {"y"});
    QCOMPARE(code_of(Model::from_proto(b.proto())), "model.duplicate_name");
}

void TestBadModels::dangling_input() {
    ModelBuilder b;
    b.input("x", {1}).output("y").node("Add", "add", {"x", "nowhere"}, {"y"});
    const auto model = Model::from_proto(b.proto());
    QCOMPARE(code_of(model), "model.dangling_name");
    QCOMPARE(model.error().subject, std::string("nowhere"));
    QVERIFY(model.error().detail.find("add") != std::string::npos);
}

void TestBadModels::dangling_graph_output() {
    ModelBuilder b;
    b.input("x", {1}).output("y").output("z").node("Relu", "relu", {"x"}, {"y"});
    const auto model = Model::from_proto(b.proto());
    QCOMPARE(code_of(model), "model.dangling_name");
    QCOMPARE(model.error().subject, std::string("z"));
}

void TestBadModels::dangling_name_in_a_subgraph() {
    ModelBuilder branch;
    branch.output("inner").node("Add", "inner_add", {"x", "nowhere"}, {"inner"});
    const auto model = Model::from_proto(with_branches(branch.proto().graph()));
    QCOMPARE(code_of(model), "model.dangling_name");
    QCOMPARE(model.error().subject, std::string("nowhere"));
}

void TestBadModels::subgraphs_nested_without_end() {
    ModelBuilder leaf;
    leaf.output("y").node("Relu", "relu", {"x"}, {"y"});
    onnx::ModelProto proto = leaf.proto();
    for (int depth = 0; depth < 100; ++depth) {
        onnx::ModelProto outer = with_branches(proto.graph());
        outer.mutable_graph()->mutable_node(0)->mutable_attribute()->RemoveLast();
        outer.mutable_graph()->clear_input();
        proto.Swap(&outer);
    }
    QCOMPARE(code_of(Model::from_proto(proto)), "model.not_onnx");
    QCOMPARE(code_of_proto(proto), "model.not_onnx");
}

QTEST_GUILESS_MAIN(TestBadModels)
#include "test_bad_models.moc"

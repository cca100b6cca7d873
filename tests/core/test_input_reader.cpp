// The reader that makes tensors of files, and the input it is for.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "core/images/input_reader.h"
#include "tests/core/files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::npy;
using testing::write;
namespace fs = std::filesystem;

namespace {

const fs::path data = QUANTWRIGHT_TEST_DATA_DIR;

InputSource source_of(const fs::path& folder, const Shape& shape, ElementType type = ElementType::float32) {
    InputSource source;
    source.input = "x";
    source.shape = shape;
    source.type = type;
    source.list = *list_images(folder);
    return source;
}

}  // namespace

class TestInputReader : public QObject {
    Q_OBJECT

private slots:
    void init();
    void reader_converts_and_adds_the_batch();
    void reader_refuses_other_shapes();
    void reader_of_several_inputs();
    void reader_of_images_and_bad_images();
    void reader_of_uint8_input();
    void reader_in_threads();
    void image_input_of_models();

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestInputReader::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestInputReader::reader_converts_and_adds_the_batch() {
    write(m_folder / "a.npy", npy("<f8", "(6,)", std::vector<double>{0.5, 1.5, -3.7, 300, 1e30, NAN}));
    const auto load = [&](ElementType type) {
        return *(*InputReader::create({source_of(m_folder, {1, 6}, type)}))->load(0);
    };
    const std::vector<Tensor> bytes = load(ElementType::uint8);
    QCOMPARE(bytes[0].shape, (Shape{1, 6}));
    const auto u8 = bytes[0].as<std::uint8_t>();
    QCOMPARE((std::vector<int>(u8.begin(), u8.end())), (std::vector<int>{0, 2, 0, 255, 255, 0}));
    const std::vector<Tensor> longs = load(ElementType::int64);
    const auto i64 = longs[0].as<std::int64_t>();
    QCOMPARE(i64[2], std::int64_t(-4));
    QCOMPARE(i64[4], std::numeric_limits<std::int64_t>::max());
    QCOMPARE(i64[5], std::int64_t(0));
    const std::vector<Tensor> halves = load(ElementType::float16);
    QCOMPARE(halves[0].as<std::uint16_t>()[1], std::uint16_t(0x3e00));
    QCOMPARE(halves[0].as<std::uint16_t>()[4], std::uint16_t(0x7c00));
    const std::vector<Tensor> brains = load(ElementType::bfloat16);
    QCOMPARE(brains[0].as<std::uint16_t>()[1], std::uint16_t(0x3fc0));
    QCOMPARE(load(ElementType::boolean)[0].bytes[0], std::byte{1});
}

void TestInputReader::reader_refuses_other_shapes() {
    write(m_folder / "a.npy", npy("<f4", "(2, 3)", std::vector<float>(6)));
    for (const Shape& shape : {Shape{3, 2}, Shape{6}, Shape{2, 2, 3}, Shape{2, 3, 1}}) {
        const auto loaded = (*InputReader::create({source_of(m_folder, shape)}))->load(0);
        QVERIFY(!loaded.has_value());
        QCOMPARE(loaded.error().code, ErrorCode::images_unreadable);
    }
    QVERIFY((*InputReader::create({source_of(m_folder, {1, 2, 3})}))->load(0).has_value());
}

void TestInputReader::reader_of_several_inputs() {
    for (int i = 0; i < 3; ++i) {
        write(m_folder / "ids" / (std::to_string(i) + ".npy"),
              npy("<i8", "(1, 2)", std::vector<std::int64_t>{i, 10 + i}));
        write(m_folder / "mask" / (std::to_string(i) + ".npy"),
              npy("|u1", "(2,)", std::vector<std::uint8_t>{1, 0}));
    }
    const auto reader = InputReader::create({source_of(m_folder / "ids", {1, 2}, ElementType::int64),
                                             source_of(m_folder / "mask", {1, 2}, ElementType::float32)});
    QVERIFY(reader.has_value());
    QCOMPARE((*reader)->size(), std::int64_t(3));
    QCOMPARE((*reader)->file(1).relative, std::string("1.npy"));
    const auto loaded = (*reader)->load(2);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].as<std::int64_t>()[1], std::int64_t(12));
    QCOMPARE((*loaded)[1].floats()[0], 1.0f);
    fs::remove(m_folder / "mask" / "2.npy");
    const auto uneven =
        InputReader::create({source_of(m_folder / "ids", {1, 2}), source_of(m_folder / "mask", {1, 2})});
    QVERIFY(!uneven.has_value());
    QCOMPARE(uneven.error().code, ErrorCode::images_none_left);
    QVERIFY(!InputReader::create({}).has_value());
}

void TestInputReader::reader_of_images_and_bad_images() {
    fs::copy(data / "images" / "rgb.png", m_folder / "good.png");
    write(m_folder / "bad.png", "");
    InputSource source = source_of(m_folder, {1, 3, 4, 4});
    source.preprocess = *resolve_preprocess("imagenet", source.shape);
    const auto reader = *InputReader::create({source});
    QCOMPARE(reader->load(0).error().code, ErrorCode::images_unreadable);
    QCOMPARE(reader->load(0).error().subject, (m_folder / "bad.png").string());
    const auto loaded = reader->load(1);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].shape, (Shape{1, 3, 4, 4}));
    source.preprocess.crop.reset();  // the size then depends on the image, and does not fit
    QCOMPARE((*InputReader::create({source}))->load(1).error().code, ErrorCode::images_unreadable);
}

void TestInputReader::reader_of_uint8_input() {
    fs::copy(data / "images" / "rgb.png", m_folder / "rgb.png");
    InputSource source = source_of(m_folder, {1, 5, 7, 3}, ElementType::uint8);
    source.preprocess = *resolve_preprocess("", source.shape, {}, source.type);
    source.preprocess.resize = ResizeMode::none;
    source.preprocess.crop.reset();
    const auto loaded = (*InputReader::create({source}))->load(0);
    QVERIFY(loaded.has_value());
    const auto bytes = (*loaded)[0].as<std::uint8_t>();
    QCOMPARE((std::vector<std::uint8_t>(bytes.begin(), bytes.end())),
             decode_image(m_folder / "rgb.png", 3)->data);
}

void TestInputReader::reader_in_threads() {
    for (const auto& entry : fs::directory_iterator(data / "images"))
        fs::copy(entry.path(), m_folder / entry.path().filename());
    InputSource source = source_of(m_folder, {1, 3, 16, 16});
    source.preprocess = *resolve_preprocess("", source.shape);
    const auto reader = *InputReader::create({source});
    std::vector<std::vector<Tensor>> alone;
    for (std::int64_t i = 0; i < reader->size(); ++i) {
        const auto loaded = reader->load(i);
        QVERIFY(loaded.has_value());
        alone.push_back(*loaded);
    }
    std::atomic<int> different = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::int64_t k = 0; k < reader->size(); ++k) {
                const std::int64_t i = (k + t * 7) % reader->size();
                const auto loaded = reader->load(i);
                const auto& want = alone[static_cast<std::size_t>(i)][0].bytes;
                different += !loaded || !std::equal(want.begin(), want.end(), (*loaded)[0].bytes.begin());
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(different.load(), 0);
}

void TestInputReader::image_input_of_models() {
    const auto code = [](const Result<ValueInfo>& input) {
        return input ? ErrorCode::usage : input.error().code;
    };
    QCOMPARE(image_input(*testing::small_cnn())->shape[1].value, std::int64_t(3));
    const auto model = [](std::vector<std::pair<Shape, ElementType>> inputs) {
        testing::ModelBuilder builder;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::string number = std::to_string(i);
            builder.input("in" + number, inputs[i].first, inputs[i].second);
            builder.node("Identity", "n" + number, {"in" + number}, {"out" + number});
            builder.output("out" + number, inputs[i].second);
        }
        return builder.build();
    };
    const ElementType f = ElementType::float32;
    QVERIFY(image_input(*model({{{1, 8, 8, 3}, f}})).has_value());
    QVERIFY(image_input(*model({{{1, 8, 8, 3}, ElementType::uint8}})).has_value());
    QVERIFY(image_input(*model({{{1, 1, 28, 28}, f}})).has_value());
    QCOMPARE(image_input(*model({{{1, 16}, ElementType::int64}, {{1, 4, 8, 8}, f}}))->name,
             std::string("in1"));
    QCOMPARE(code(image_input(*model({{{1, 8, 8, 8}, f}}))), ErrorCode::model_no_quantizable_input);
    QCOMPARE(code(image_input(*model({{{1, 3, 8, 8}, f}, {{1, 3, 8, 8}, f}}))),
             ErrorCode::model_no_quantizable_input);
    const auto tokens = image_input(*model({{{1, 128}, ElementType::int64}}));
    QCOMPARE(code(tokens), ErrorCode::model_no_quantizable_input);
    QVERIFY(tokens.error().detail.find("--input") != std::string::npos);
    QVERIFY(tokens.error().detail.find("in0 int64[1,128]") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestInputReader)
#include "test_input_reader.moc"

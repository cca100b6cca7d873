// How images become inputs that are not three float channels: integers, 16 bits, four channels, NHWC.
#include <QTemporaryDir>
#include <QtTest>
#include <memory>
#include <numeric>

#include "core/images/input_reader.h"
#include "tests/support/small_models.h"

using namespace quantwright;
namespace fs = std::filesystem;

namespace {

const fs::path images = fs::path(QUANTWRIGHT_TEST_DATA_DIR) / "images";  // of 7 by 5 pixels

/// The image at its own size, as the default preprocessing of the input gives it.
Result<Tensor> loaded(const char* name, const Shape& shape, ElementType type) {
    InputSource source;
    source.input = "x";
    source.shape = shape;
    source.type = type;
    source.list = *list_images(images / name);
    source.preprocess = *resolve_preprocess("", shape, {}, type);
    source.preprocess.resize = ResizeMode::none;
    source.preprocess.crop.reset();
    const auto tensors = (*InputReader::create({source}))->load(0);
    if (!tensors)
        return fail(tensors);
    return tensors->front();
}

template <class T>
std::int64_t sum(const Tensor& tensor) {
    std::int64_t total = 0;
    for (const T value : tensor.as<T>())
        total += value;
    return total;
}

}  // namespace

class TestImageInputs : public QObject {
    Q_OBJECT

private slots:
    void integers_get_raw_pixels_data();
    void integers_get_raw_pixels();
    void sixteen_bits();
    void sixteen_bits_are_resized();
    void alpha_is_the_fourth_channel();
    void four_channels_by_preset_and_override();
    void layouts();
    void inputs_of_models();
};

void TestImageInputs::integers_get_raw_pixels_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("offset");
    QTest::newRow("uint8") << int(ElementType::uint8) << 0;
    QTest::newRow("int8") << int(ElementType::int8) << 128;
    QTest::newRow("uint16") << int(ElementType::uint16) << 0;
    QTest::newRow("int16") << int(ElementType::int16) << 0;
    QTest::newRow("int32") << int(ElementType::int32) << 0;
    QTest::newRow("int64") << int(ElementType::int64) << 0;
}

void TestImageInputs::integers_get_raw_pixels() {
    QFETCH(int, type);
    QFETCH(int, offset);
    const auto element = static_cast<ElementType>(type);
    for (const std::string& preset : preprocess_preset_names()) {
        const Preprocess chosen = *resolve_preprocess(preset, {1, 3, 5, 7}, {}, element);
        QCOMPARE(chosen.scale, 1.0);
        QCOMPARE(chosen.mean, std::vector<double>(3, offset));
        QCOMPARE(chosen.std, std::vector<double>(3, 1));
    }
    const auto tensor = loaded("rgb.png", {1, 5, 7, 3}, element);
    QVERIFY(tensor.has_value());
    QVERIFY(tensor->type == element);
    const Pixels pixels = *decode_image(images / "rgb.png", 3);
    const std::int64_t want = std::accumulate(pixels.data.begin(), pixels.data.end(), std::int64_t(0)) -
                              std::int64_t(offset) * static_cast<std::int64_t>(pixels.data.size());
    const std::int64_t have = element == ElementType::uint8    ? sum<std::uint8_t>(*tensor)
                              : element == ElementType::int8   ? sum<std::int8_t>(*tensor)
                              : element == ElementType::uint16 ? sum<std::uint16_t>(*tensor)
                              : element == ElementType::int16  ? sum<std::int16_t>(*tensor)
                              : element == ElementType::int32  ? sum<std::int32_t>(*tensor)
                                                               : sum<std::int64_t>(*tensor);
    QCOMPARE(have, want);
}

void TestImageInputs::sixteen_bits() {
    const auto deep = loaded("rgb16.png", {1, 5, 7, 3}, ElementType::uint16);
    QVERIFY(deep.has_value());
    QCOMPARE(sum<std::uint16_t>(*deep), std::int64_t(3423885));
    const auto gray = loaded("gray16.png", {1, 1, 5, 7}, ElementType::uint16);
    QVERIFY(gray.has_value());
    QCOMPARE(sum<std::uint16_t>(*gray), std::int64_t(1205640));
    // Eight bits stay eight bits, and so does a 16-bit image for another input.
    const auto plain = loaded("rgb.png", {1, 5, 7, 3}, ElementType::uint16);
    QCOMPARE(sum<std::uint16_t>(*plain),
             sum<std::uint8_t>(*loaded("rgb.png", {1, 5, 7, 3}, ElementType::uint8)));
    QVERIFY(sum<std::uint8_t>(*loaded("rgb16.png", {1, 5, 7, 3}, ElementType::uint8)) < 3423885 / 200);
}

void TestImageInputs::sixteen_bits_are_resized() {
    // An image of one value stays that value by every filter and geometry.
    for (const char* preset : {"imagenet", "opencv-imagenet", "stretch"}) {
        const Preprocess preprocess = *resolve_preprocess(preset, {1, 3, 8, 8}, {}, ElementType::uint16);
        const Pixels16 image{20, 30, 3, std::vector<std::uint16_t>(20 * 30 * 3, 40000)};
        const auto tensor = apply_preprocess(image, preprocess);
        QVERIFY(tensor.has_value());
        QCOMPARE(tensor->shape, (Shape{1, 3, 8, 8}));
        for (const float value : tensor->floats())
            QCOMPARE(value, 40000.0f);
    }
    const Preprocess fitted = *resolve_preprocess("letterbox", {1, 3, 8, 8}, {}, ElementType::uint16);
    const auto tensor = apply_preprocess(Pixels16{4, 8, 3, std::vector<std::uint16_t>(96, 5)}, fitted);
    QCOMPARE(tensor->floats()[0], 114.0f * 257);  // what surrounds it, in 16 bits
}

void TestImageInputs::alpha_is_the_fourth_channel() {
    const Pixels rgba = *decode_image(images / "rgba.png", 4);
    QCOMPARE(std::accumulate(rgba.data.begin(), rgba.data.end(), std::int64_t(0)), std::int64_t(17799));
    const Pixels opaque = *decode_image(images / "rgb.png", 4);
    const Pixels rgb = *decode_image(images / "rgb.png", 3);
    for (std::size_t i = 0; i < rgb.data.size() / 3; ++i) {
        QCOMPARE(opaque.data[4 * i + 3], std::uint8_t(255));
        QCOMPARE(opaque.data[4 * i + 1], rgb.data[3 * i + 1]);
    }
    // A gray PNG may name the value that is transparent.
    const Pixels key = *decode_image(images / "gray_key.png", 4);
    const Pixels black = *decode_image(images / "gray_key.png", 3);
    int transparent = 0;
    for (std::size_t i = 0; i < key.data.size() / 4; ++i) {
        transparent += key.data[4 * i + 3] == 0 ? 1 : 0;
        QVERIFY(key.data[4 * i + 3] == 0 ? black.data[3 * i] == 0 : key.data[4 * i] == black.data[3 * i]);
    }
    QVERIFY(transparent > 0 && transparent < 35);
    const auto tensor = loaded("rgba.png", {1, 4, 5, 7}, ElementType::uint8);
    QVERIFY(tensor.has_value());
    QCOMPARE(tensor->shape, (Shape{1, 4, 5, 7}));
    for (std::size_t i = 0; i < 35; ++i)
        for (std::size_t c = 0; c < 4; ++c)
            QCOMPARE(tensor->as<std::uint8_t>()[c * 35 + i], rgba.data[4 * i + c]);
    const auto deep = loaded("rgba16.png", {1, 5, 7, 4}, ElementType::uint16);
    QVERIFY(deep.has_value());
    QCOMPARE(sum<std::uint16_t>(*deep), std::int64_t(4574474));
}

void TestImageInputs::four_channels_by_preset_and_override() {
    const Shape shape = {1, 4, 32, 32};
    const Preprocess usual = *resolve_preprocess("", shape);
    QVERIFY(usual.color == ColorFormat::rgba && usual.resize == ResizeMode::stretch);
    QCOMPARE(usual.mean, std::vector<double>(4, 0));
    QCOMPARE(preprocess_preset("imagenet", shape)->std, (std::vector<double>{.229, .224, .225, 1}));
    PreprocessOverrides overrides;
    overrides.color = ColorFormat::bgr;
    overrides.mean = std::vector<double>{.1, .2, .3};
    overrides.std = std::vector<double>{.5};
    const Preprocess chosen = *resolve_preprocess("", shape, overrides);
    QVERIFY(chosen.color == ColorFormat::bgra);
    QCOMPARE(chosen.mean, (std::vector<double>{.1, .2, .3, 0}));
    QCOMPARE(chosen.std, std::vector<double>(4, .5));
    QCOMPARE(*preprocess_from_json(to_json(chosen), "x"), chosen);
    for (const char* filter : {"imagenet", "opencv-imagenet", "letterbox"}) {
        const Pixels image{20, 30, 4, std::vector<std::uint8_t>(20 * 30 * 4, 200)};
        QCOMPARE(apply_preprocess(image, *resolve_preprocess(filter, shape))->shape, shape);
    }
}

void TestImageInputs::layouts() {
    const auto layout = [](const Shape& shape) { return resolve_preprocess("", shape)->layout; };
    QVERIFY(layout({1, 224, 192, 3}) == Layout::nhwc);
    QVERIFY(layout({1, 224, 192, 4}) == Layout::nhwc);
    QVERIFY(layout({1, 4, 4, 3}) == Layout::nhwc);
    QVERIFY(layout({1, 3, 4, 4}) == Layout::nchw);
    QVERIFY(layout({8, 48, 320, 3}) == Layout::nhwc);
    QVERIFY(layout({1, 4, 48, 320}) == Layout::nchw);
    QVERIFY(!resolve_preprocess("", {1, 8, 48, 320}).has_value());
}

void TestImageInputs::inputs_of_models() {
    const auto model = [](std::vector<std::pair<Shape, ElementType>> inputs) {
        testing::ModelBuilder b;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::string number = std::to_string(i);
            b.input("in" + number, inputs[i].first, inputs[i].second);
            b.node("Identity", "n" + number, {"in" + number}, {"out" + number});
            b.output("out" + number, inputs[i].second);
        }
        return b.build();
    };
    const ElementType f = ElementType::float32;
    for (const ElementType type :
         {ElementType::uint16, ElementType::int8, ElementType::int32, ElementType::float64})
        QVERIFY(image_input(*model({{{1, 8, 8, 3}, type}})).has_value());
    // Integers beside a float image are something else.
    QCOMPARE(image_input(*model({{{1, 1, 8, 8}, ElementType::int64}, {{1, 3, 8, 8}, f}}))->name,
             std::string("in1"));
    // What is given counts where the model leaves it open.
    testing::ModelBuilder open;
    open.input("x", {1, 7, 8, 8}).node("Identity", "n", {"x"}, {"y"});
    open.output("y");
    auto* shape = open.proto()
                      .mutable_graph()
                      ->mutable_input(0)
                      ->mutable_type()
                      ->mutable_tensor_type()
                      ->mutable_shape();
    for (int axis = 0; axis < 4; ++axis)
        shape->mutable_dim(axis)->set_dim_param("d" + std::to_string(axis));
    QVERIFY(!image_input(*open.build()).has_value());
    QVERIFY(image_input(*open.build(), {{"x", {1, 3, 48, 320}}}).has_value());
}

QTEST_GUILESS_MAIN(TestImageInputs)
#include "test_image_inputs.moc"

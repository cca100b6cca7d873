// From pixels to the network's input.
#include <QtTest>
#include <cmath>

#include "core/images/input_reader.h"
#include "tests/core/files.h"

using namespace quantwright;
using testing::bytes_of;

namespace {

/// The images of data/make_resample_golden.py.
Pixels golden_image(const std::string& name, int channels) {
    Pixels image{37, 53, channels, {}};
    std::uint32_t state = 1;
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x)
            for (int c = 0; c < channels; ++c) {
                int value = 0;
                if (name == "noise")
                    value = static_cast<int>((state = state * 1664525 + 1013904223) >> 24);
                else if (name == "gradient")
                    value = (5 * x + 3 * y + 70 * c) % 256;
                else
                    value = (x / 3 + y / 2) % 2 * 255;
                image.data.push_back(static_cast<std::uint8_t>(value));
            }
    return image;
}

/// height x width pixels, every one different: 16 * y + x in each channel plus 100 per channel.
Pixels counting(int height, int width, int channels = 1) {
    Pixels image{height, width, channels, {}};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c)
                image.data.push_back(static_cast<std::uint8_t>(16 * y + x + 100 * c));
    return image;
}

/// Takes pixels as they are: gray, scale 1.
Preprocess plain(ColorFormat color = ColorFormat::gray) {
    Preprocess preprocess;
    preprocess.color = color;
    preprocess.scale = 1;
    const std::size_t channels = color == ColorFormat::gray ? 1 : 3;
    preprocess.mean.assign(channels, 0.0);
    preprocess.std.assign(channels, 1.0);
    return preprocess;
}

std::vector<float> values(const Result<Tensor>& tensor) {
    if (!tensor)
        return {};
    return {tensor->floats().begin(), tensor->floats().end()};
}

}  // namespace

class TestPreprocess : public QObject {
    Q_OBJECT

private slots:
    void resampling_equals_pillow();
    void same_size_is_a_copy();
    void luma_is_pillows();
    void crop_is_centred_data();
    void crop_is_centred();
    void pad_comes_before_crop();
    void colors_and_layouts();
    void gray_image_into_three_channels();
    void normalisation();
    void short_side_data();
    void short_side();
    void geometry_follows_the_pixels_data();
    void geometry_follows_the_pixels();
    void letterbox_is_centred();
    void opencv_filters();
    void extreme_images();
};

void TestPreprocess::resampling_equals_pillow() {
    const Json golden = *parse_json(bytes_of(QUANTWRIGHT_TEST_DATA_DIR "/resample_golden.json"),
                                    ErrorCode::runtime_failed, "golden");
    const std::string results = bytes_of(QUANTWRIGHT_TEST_DATA_DIR "/resample_golden.bin");
    int cases = 0;
    for (const Json& test : golden["cases"]) {
        const Pixels image = golden_image(test["image"], test["channels"]);
        const bool bicubic = test["filter"] == "pillow-bicubic";
        const Size size{test["size"][0], test["size"][1]};
        const Pixels got = resample_pillow(
            image, size, bicubic ? ResizeFilter::pillow_bicubic : ResizeFilter::pillow_bilinear);
        QCOMPARE(got.height, size.height);
        QCOMPARE(got.width, size.width);
        const std::size_t count = got.data.size();
        QCOMPARE(count, static_cast<std::size_t>(size.height * size.width * image.channels));
        const std::size_t offset = test["offset"];
        QVERIFY(offset + count <= results.size());
        for (std::size_t i = 0; i < count; ++i)
            if (got.data[i] != static_cast<std::uint8_t>(results[offset + i]))
                QFAIL(qPrintable(QString::fromStdString(test.dump()) +
                                 QString(" byte %1: %2").arg(i).arg(got.data[i])));
        ++cases;
    }
    QCOMPARE(cases, 42);
}

void TestPreprocess::same_size_is_a_copy() {
    const Pixels image = golden_image("noise", 3);
    QCOMPARE(resample_pillow(image, {37, 53}, ResizeFilter::pillow_bicubic).data, image.data);
}

void TestPreprocess::luma_is_pillows() {
    QCOMPARE(int{luma(255, 255, 255)}, 255);
    QCOMPARE(int{luma(255, 0, 0)}, 76);
    QCOMPARE(int{luma(0, 255, 0)}, 150);
    QCOMPARE(int{luma(0, 0, 255)}, 29);
    for (unsigned v = 0; v < 256; ++v)
        QCOMPARE(unsigned{luma(v, v, v)}, v);
}

void TestPreprocess::crop_is_centred_data() {
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("crop");
    QTest::addColumn<QList<int>>("columns");  // which column of the image; -1: padding
    QTest::newRow("even") << 6 << 4 << QList<int>{1, 2, 3, 4};
    QTest::newRow("odd") << 7 << 4 << QList<int>{1, 2, 3, 4};
    QTest::newRow("one") << 4 << 1 << QList<int>{1};
    QTest::newRow("same") << 3 << 3 << QList<int>{0, 1, 2};
    QTest::newRow("smaller by two") << 2 << 4 << QList<int>{-1, 0, 1, -1};
    QTest::newRow("smaller by three: floor(-1.5) = -2") << 1 << 4 << QList<int>{-1, -1, 0, -1};
}

void TestPreprocess::crop_is_centred() {
    QFETCH(int, size);
    QFETCH(int, crop);
    QFETCH(QList<int>, columns);
    Preprocess preprocess = plain();
    preprocess.pad_value = 250;
    preprocess.crop = Size{1, crop};
    std::vector<float> want, want_rows;
    for (const int column : columns) {
        want.push_back(column < 0 ? 250.0f : static_cast<float>(column));
        want_rows.push_back(column < 0 ? 250.0f : static_cast<float>(16 * column));
    }
    QCOMPARE(values(apply_preprocess(counting(1, size), preprocess)), want);
    preprocess.crop = Size{crop, 1};
    QCOMPARE(values(apply_preprocess(counting(size, 1), preprocess)), want_rows);
}

void TestPreprocess::pad_comes_before_crop() {
    Preprocess preprocess = plain();
    preprocess.pad = {1, 2, 3, 0};  // left, top, right, bottom
    preprocess.pad_value = 7;
    const Result<Tensor> tensor = apply_preprocess(counting(1, 2), preprocess);
    QCOMPARE(tensor->shape, (Shape{1, 1, 3, 6}));
    QCOMPARE(values(tensor), (std::vector<float>{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 1, 7, 7, 7}));
    preprocess.crop = Size{1, 2};  // of the padded one: row 1, columns 2 and 3
    QCOMPARE(values(apply_preprocess(counting(1, 2), preprocess)), (std::vector<float>{7, 7}));
    preprocess.crop = Size{3, 4};  // columns 1 to 4
    QCOMPARE(values(apply_preprocess(counting(1, 2), preprocess)),
             (std::vector<float>{7, 7, 7, 7, 7, 7, 7, 7, 0, 1, 7, 7}));
}

void TestPreprocess::colors_and_layouts() {
    const Pixels image{1, 2, 3, {10, 20, 30, 40, 50, 60}};
    Preprocess preprocess = plain(ColorFormat::rgb);
    Result<Tensor> tensor = apply_preprocess(image, preprocess);
    QCOMPARE(tensor->shape, (Shape{1, 3, 1, 2}));
    QCOMPARE(values(tensor), (std::vector<float>{10, 40, 20, 50, 30, 60}));
    preprocess.layout = Layout::nhwc;
    tensor = apply_preprocess(image, preprocess);
    QCOMPARE(tensor->shape, (Shape{1, 1, 2, 3}));
    QCOMPARE(values(tensor), (std::vector<float>{10, 20, 30, 40, 50, 60}));
    preprocess.color = ColorFormat::bgr;
    QCOMPARE(values(apply_preprocess(image, preprocess)), (std::vector<float>{30, 20, 10, 60, 50, 40}));
    QCOMPARE(values(apply_preprocess(image, plain())), (std::vector<float>{18, 48}));
}

void TestPreprocess::gray_image_into_three_channels() {
    const Pixels image{1, 2, 1, {10, 40}};
    QCOMPARE(values(apply_preprocess(image, plain(ColorFormat::rgb))),
             (std::vector<float>{10, 40, 10, 40, 10, 40}));
}

void TestPreprocess::normalisation() {
    Preprocess preprocess = plain(ColorFormat::rgb);
    preprocess.scale = 1.0 / 255;
    preprocess.mean = {0.485, 0.456, 0.406};
    preprocess.std = {0.229, 0.224, 0.225};
    const Pixels image{1, 1, 3, {0, 128, 255}};
    const std::vector<float> got = values(apply_preprocess(image, preprocess));
    QCOMPARE(got[0], static_cast<float>((0 - 0.485) / 0.229));
    QCOMPARE(got[1], static_cast<float>((128 * (1.0 / 255) - 0.456) / 0.224));
    QCOMPARE(got[2], static_cast<float>((255 * (1.0 / 255) - 0.406) / 0.225));
    preprocess.color = ColorFormat::bgr;  // mean and std follow the channels of the result
    QCOMPARE(values(apply_preprocess(image, preprocess))[0],
             static_cast<float>((255 * (1.0 / 255) - 0.485) / 0.229));
    preprocess.mean = {1};
    QVERIFY(!apply_preprocess(image, preprocess).has_value());
}

void TestPreprocess::short_side_data() {
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("new_height");
    QTest::addColumn<int>("new_width");
    QTest::newRow("landscape") << 48 << 64 << 25 << 25 << 33;  // 33.3
    QTest::newRow("portrait") << 64 << 48 << 25 << 33 << 25;
    QTest::newRow("truncated") << 30 << 59 << 16 << 16 << 31;  // 31.47
    QTest::newRow("square") << 30 << 30 << 16 << 16 << 16;
    QTest::newRow("up") << 3 << 5 << 16 << 16 << 26;  // 26.67
}

void TestPreprocess::short_side() {
    QFETCH(int, height);
    QFETCH(int, width);
    QFETCH(int, size);
    QFETCH(int, new_height);
    QFETCH(int, new_width);
    Preprocess preprocess = plain();
    preprocess.resize = ResizeMode::short_side;
    preprocess.size = {size, size};
    const Pixels image = counting(height, width);
    const Result<Tensor> tensor = apply_preprocess(image, preprocess);
    QCOMPARE(tensor->shape, (Shape{1, 1, new_height, new_width}));
    const Pixels want = resample_pillow(image, {new_height, new_width}, ResizeFilter::pillow_bilinear);
    QCOMPARE(values(tensor), (std::vector<float>(want.data.begin(), want.data.end())));
}

void TestPreprocess::letterbox_is_centred() {
    Preprocess preprocess = plain();
    preprocess.resize = ResizeMode::letterbox;
    preprocess.size = {5, 4};
    preprocess.filter = ResizeFilter::linear;
    preprocess.pad_value = 114;
    const Result<Tensor> tensor =
        apply_preprocess(Pixels{4, 8, 1, std::vector<std::uint8_t>(32, 200)}, preprocess);
    QCOMPARE(tensor->shape, (Shape{1, 1, 5, 4}));
    std::vector<float> want(20, 114);
    std::fill(want.begin() + 4, want.begin() + 12, 200.0f);  // two rows of five, one above
    QCOMPARE(values(tensor), want);
    QCOMPARE(apply_preprocess(Pixels{1, 1000, 1, std::vector<std::uint8_t>(1000, 1)}, preprocess)->shape,
             (Shape{1, 1, 5, 4}));
}

void TestPreprocess::opencv_filters() {
    Preprocess preprocess = plain();
    preprocess.resize = ResizeMode::stretch;
    preprocess.size = {1, 2};
    preprocess.filter = ResizeFilter::area;
    const Pixels tall{2, 8, 1, {0, 0, 0, 80, 9, 9, 9, 9, 80, 0, 0, 0, 9, 9, 9, 17}};
    QCOMPARE(values(apply_preprocess(tall, preprocess)), (std::vector<float>{20, 10}));
    const Pixels image{2, 4, 1, {10, 20, 30, 40, 50, 60, 70, 80}};
    QCOMPARE(values(apply_preprocess(image, preprocess)), (std::vector<float>{35, 55}));
    preprocess.filter = ResizeFilter::nearest;
    QCOMPARE(values(apply_preprocess(image, preprocess)), (std::vector<float>{10, 30}));
    preprocess.size = {2, 8};
    preprocess.filter = ResizeFilter::linear;  // pixel centres: 10, 12.5, 17.5, 22.5 …
    const std::vector<float> wide = values(apply_preprocess(image, preprocess));
    QCOMPARE(wide[0], 10.0f);
    QVERIFY(std::fabs(wide[1] - 12.5f) <= 0.5f);
    QVERIFY(std::fabs(wide[2] - 17.5f) <= 0.5f);
}

void TestPreprocess::extreme_images() {
    Preprocess preprocess = *preprocess_preset("imagenet", {1, 3, 224, 224});
    QCOMPARE(apply_preprocess(counting(1, 1, 3), preprocess)->shape, (Shape{1, 3, 224, 224}));
    // 1 x 400000 with a short side of 256 would be 26 gigapixels.
    const Result<Tensor> tensor =
        apply_preprocess(Pixels{1, 400000, 3, std::vector<std::uint8_t>(1200000, 5)}, preprocess);
    QVERIFY(!tensor.has_value());
    QCOMPARE(tensor.error().code, ErrorCode::images_too_large);
    QVERIFY(!apply_preprocess(Pixels{}, preprocess).has_value());
}

void TestPreprocess::geometry_follows_the_pixels_data() {
    QTest::addColumn<QByteArray>("description");
    QTest::newRow("as it is") << QByteArray(R"({"resize": {"mode": "none"}})");
    QTest::newRow("stretch") << QByteArray(R"({"resize": {"mode": "stretch", "size": [120, 90]}})");
    QTest::newRow("letterbox") << QByteArray(R"({"resize": {"mode": "letterbox", "size": [101, 130]}})");
    QTest::newRow("letterbox, narrow")
        << QByteArray(R"({"resize": {"mode": "letterbox", "size": [160, 61]}})");
    QTest::newRow("short side and crop") << QByteArray(R"({"resize": {"size": 100}, "crop": 91})");
    QTest::newRow("crop larger than the image") << QByteArray(R"({"resize": {"mode": "none"}, "crop": 131})");
    QTest::newRow("pad and crop") << QByteArray(
        R"({"resize": {"mode": "none"}, "pad": [7, 3, 20, 4], "crop": [70, 99]})");
}

/// A white square in a black image: its middle lies where the geometry says.
void TestPreprocess::geometry_follows_the_pixels() {
    QFETCH(QByteArray, description);
    constexpr int height = 64, width = 96, top = 22, left = 44, side = 16;
    Pixels image{height, width, 1, std::vector<std::uint8_t>(height * width)};
    for (int y = top; y < top + side; ++y)
        for (int x = left; x < left + side; ++x)
            image.data[static_cast<std::size_t>(y * width + x)] = 255;
    Json json = *parse_json(description.toStdString(), ErrorCode::preprocess_invalid, "test");
    json.update({{"color", "gray"}, {"scale", 1}, {"mean", Json::array({0})}, {"std", Json::array({1})}});
    if (json["resize"].value("mode", "") != "none")
        json["resize"]["filter"] = "pillow-bilinear";
    const auto read = preprocess_from_json(json, "test");
    QVERIFY2(read.has_value(), read ? "" : read.error().detail.c_str());
    const Preprocess& preprocess = *read;
    const auto tensor = apply_preprocess(image, preprocess);
    QVERIFY2(tensor.has_value(), tensor ? "" : tensor.error().detail.c_str());
    const Geometry geometry = geometry_of({height, width}, preprocess);
    QCOMPARE(geometry.input.height, static_cast<int>(tensor->shape[2]));
    QCOMPARE(geometry.input.width, static_cast<int>(tensor->shape[3]));
    double weight = 0, x_sum = 0, y_sum = 0;
    for (int y = 0; y < geometry.input.height; ++y)
        for (int x = 0; x < geometry.input.width; ++x) {
            const double value = tensor->floats()[static_cast<std::size_t>(y * geometry.input.width + x)];
            weight += value;
            x_sum += value * (x + 0.5);
            y_sum += value * (y + 0.5);
        }
    QVERIFY(weight > 0);
    const double x = (left + side / 2.0) * geometry.scale_x + geometry.shift_x;
    const double y = (top + side / 2.0) * geometry.scale_y + geometry.shift_y;
    QVERIFY2(std::abs(x_sum / weight - x) < 0.1,
             qPrintable(QString("%1, not %2").arg(x_sum / weight).arg(x)));
    QVERIFY2(std::abs(y_sum / weight - y) < 0.1,
             qPrintable(QString("%1, not %2").arg(y_sum / weight).arg(y)));
}

QTEST_GUILESS_MAIN(TestPreprocess)
#include "test_preprocess.moc"

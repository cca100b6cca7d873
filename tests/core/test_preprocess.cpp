// From pixels to the network's input, and the description of that way.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/images/input_reader.h"

using namespace quantwright;

namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

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

Json json_of(const char* text) {
    return *parse_json(text, ErrorCode::preprocess_invalid, "test");
}

constexpr const char* full = R"({"resize":{"mode":"stretch","size":[10,20],"filter":"pillow-bicubic"},
    "pad":[1,2,3,4],"pad_value":9,"crop":[8,16],"color":"bgr","scale":1,"mean":[1,2,3],"std":[4,5,6],"layout":"nhwc"})";

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
    void letterbox_is_centred();
    void opencv_filters();
    void extreme_images();
    void preset_table();
    void preset_for_gray_and_nhwc();
    void preset_for_integer_inputs();
    void presets_refuse();
    void json_round_trip();
    void json_defaults();
    void json_refuses_data();
    void json_refuses();
    void resolve_file();
    void resolve_fills_in_what_the_model_knows();
    void resolve_overrides();
    void resolve_checks_against_the_input();
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

void TestPreprocess::preset_table() {
    const Preprocess imagenet = *preprocess_preset("imagenet", {1, 3, 224, 224});
    QVERIFY(imagenet.resize == ResizeMode::short_side);
    QCOMPARE(imagenet.size, (Size{256, 256}));
    QCOMPARE(imagenet.crop, std::optional<Size>(Size{224, 224}));
    QVERIFY(imagenet.filter == ResizeFilter::pillow_bilinear);
    QCOMPARE(imagenet.mean, (std::vector<double>{.485, .456, .406}));
    QCOMPARE(imagenet.std, (std::vector<double>{.229, .224, .225}));
    QCOMPARE(imagenet.scale, 1.0 / 255);
    QCOMPARE(preprocess_preset("imagenet", {1, 3, 299, 299})->size.height, 341);  // 341.7

    const Preprocess opencv = *preprocess_preset("opencv-imagenet", {1, 3, 224, 192});
    QVERIFY(opencv.resize == ResizeMode::stretch);
    QVERIFY(opencv.filter == ResizeFilter::area);
    QCOMPARE(opencv.size, (Size{256, 219}));
    QCOMPARE(opencv.crop, std::optional<Size>(Size{224, 192}));
    QCOMPARE(opencv.mean, imagenet.mean);

    const Preprocess stretch = *preprocess_preset("stretch", {1, 3, 20, 30});
    QVERIFY(stretch.resize == ResizeMode::stretch);
    QVERIFY(stretch.filter == ResizeFilter::area);
    QCOMPARE(stretch.size, (Size{20, 30}));
    QVERIFY(!stretch.crop);
    QCOMPARE(stretch.mean, std::vector<double>(3, 0.0));
    QCOMPARE(stretch.std, std::vector<double>(3, 1.0));

    const Preprocess letterbox = *preprocess_preset("letterbox", {1, 3, 640, 320});
    QVERIFY(letterbox.resize == ResizeMode::letterbox);
    QVERIFY(letterbox.filter == ResizeFilter::linear);
    QCOMPARE(letterbox.size, (Size{640, 320}));
    QCOMPARE(letterbox.pad_value, 114);
    QCOMPARE(preprocess_preset("", {1, 3, 224, 224}).value(), imagenet);
}

void TestPreprocess::preset_for_gray_and_nhwc() {
    const Preprocess gray = *preprocess_preset("", {1, 1, 28, 28});
    QVERIFY(gray.color == ColorFormat::gray);
    QVERIFY(gray.resize == ResizeMode::stretch);
    QCOMPARE(gray.mean, std::vector<double>{0.0});
    QVERIFY(gray.layout == Layout::nchw);
    const Preprocess nhwc = *preprocess_preset("", {1, 192, 224, 3});
    QVERIFY(nhwc.layout == Layout::nhwc);
    QCOMPARE(nhwc.crop, std::optional<Size>(Size{192, 224}));
    QVERIFY(preprocess_preset("", {1, 28, 28, 1})->color == ColorFormat::gray);
    QCOMPARE(preprocess_preset("imagenet", {1, 1, 28, 28})->mean.size(), std::size_t(1));
}

void TestPreprocess::preset_for_integer_inputs() {
    const Preprocess preprocess = *resolve_preprocess("", {1, 3, 224, 224}, {}, ElementType::uint8);
    QCOMPARE(preprocess.scale, 1.0);
    QCOMPARE(preprocess.mean, std::vector<double>(3, 0.0));
    QCOMPARE(preprocess.size.height, 256);
}

void TestPreprocess::presets_refuse() {
    const auto refused = [](const Result<Preprocess>& preprocess) {
        return !preprocess && preprocess.error().code == ErrorCode::preprocess_invalid;
    };
    QVERIFY(refused(preprocess_preset("imagenett", {1, 3, 224, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 4, 224, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, 0, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, -1, 224})));
    QVERIFY(refused(resolve_preprocess("no such file.json", {1, 3, 224, 224})));
}

void TestPreprocess::json_round_trip() {
    const Preprocess read = *preprocess_from_json(json_of(full), "test");
    QVERIFY(read.resize == ResizeMode::stretch);
    QCOMPARE(read.size, (Size{10, 20}));
    QVERIFY(read.filter == ResizeFilter::pillow_bicubic);
    QCOMPARE(read.pad, (std::array<int, 4>{1, 2, 3, 4}));
    QCOMPARE(read.pad_value, 9);
    QCOMPARE(read.crop, std::optional<Size>(Size{8, 16}));
    QVERIFY(read.color == ColorFormat::bgr);
    QCOMPARE(read.scale, 1.0);
    QCOMPARE(read.mean, (std::vector<double>{1, 2, 3}));
    QCOMPARE(read.std, (std::vector<double>{4, 5, 6}));
    QVERIFY(read.layout == Layout::nhwc);
    QCOMPARE(*preprocess_from_json(to_json(read), "test"), read);
    for (const std::string& name : preprocess_preset_names())
        for (const Shape& shape : {Shape{1, 3, 224, 192}, Shape{1, 1, 28, 28}, Shape{1, 32, 32, 3}}) {
            const Preprocess preset = *preprocess_preset(name, shape);
            QCOMPARE(*preprocess_from_json(
                         *parse_json(to_text(to_json(preset)), ErrorCode::preprocess_invalid, ""), ""),
                     preset);
        }
    QCOMPARE(to_json(*preprocess_preset("imagenet", {1, 3, 224, 224}))["scale"].dump(),
             std::string("0.00392156862745098"));
}

void TestPreprocess::json_defaults() {
    const Preprocess least = *preprocess_from_json(json_of(R"({"mean":[0,0,0],"std":[1,1,1]})"), "test");
    QVERIFY(least.resize == ResizeMode::none);
    QVERIFY(least.color == ColorFormat::rgb);
    QCOMPARE(least.scale, 1.0 / 255);
    QVERIFY(!least.crop);
    QVERIFY(least.layout == Layout::nchw);
    const Preprocess sized = *preprocess_from_json(
        json_of(R"({"resize":{"size":64},"crop":56,"mean":[0,0,0],"std":[1,1,1]})"), "");
    QVERIFY(sized.resize == ResizeMode::short_side);
    QCOMPARE(sized.size, (Size{64, 64}));
    QVERIFY(sized.filter == ResizeFilter::pillow_bilinear);
    QCOMPARE(sized.crop, std::optional<Size>(Size{56, 56}));
}

void TestPreprocess::json_refuses_data() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char* text) { QTest::newRow(text) << QString(text); };
    row(R"([])");
    row(R"({})");
    row(R"({"mean":[0,0,0]})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"means":[0,0,0]})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"mode":"stretch","sise":3}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":"stretch"})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"mode":"shortside","size":3}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":0}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":-5}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":2.5}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":99999999999999999999}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":[1,2,3]}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"mode":"short-side","size":[5,6]}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"resize":{"size":5,"filter":"lanczos"}})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"pad":[1,2,3]})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"pad":[1,2,3,-4]})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"pad_value":256})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"crop":0})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"crop":"224"})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"color":"yuv"})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"layout":"chw"})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"scale":"1"})");
    row(R"({"mean":[0,0,0],"std":[1,0,1]})");
    row(R"({"mean":[0,0],"std":[1,1]})");
    row(R"({"mean":0,"std":1})");
    row(R"({"mean":[0,0,0],"std":[1,1,1],"color":"gray"})");
    row(R"({"mean":[0,"0",0],"std":[1,1,1]})");
}

void TestPreprocess::json_refuses() {
    QFETCH(QString, text);
    const Result<Preprocess> preprocess =
        preprocess_from_json(json_of(text.toStdString().c_str()), "file.json");
    QVERIFY(!preprocess.has_value());
    QCOMPARE(preprocess.error().code, ErrorCode::preprocess_invalid);
    QCOMPARE(preprocess.error().subject, std::string("file.json"));
}

void TestPreprocess::resolve_file() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.json").toStdString();
    std::ofstream(path) << full;
    const Result<Preprocess> resolved = resolve_preprocess(path, {1, 8, 16, 3});
    QVERIFY(resolved.has_value());
    QCOMPARE(*resolved, *preprocess_from_json(json_of(full), ""));
    std::ofstream(path) << "{";
    const Result<Preprocess> broken = resolve_preprocess(path, {1, 3, 8, 8});
    QVERIFY(!broken.has_value());
    QCOMPARE(broken.error().code, ErrorCode::preprocess_invalid);
    QCOMPARE(broken.error().subject, path);
}

void TestPreprocess::resolve_fills_in_what_the_model_knows() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.json").toStdString();
    std::ofstream(path) << R"({"resize":{"mode":"stretch"},"mean":[0,0,0],"std":[1,1,1]})";
    const Preprocess resolved = *resolve_preprocess(path, {1, 20, 30, 3});
    QVERIFY(resolved.layout == Layout::nhwc);
    QCOMPARE(resolved.size, (Size{20, 30}));
}

void TestPreprocess::resolve_overrides() {
    const Shape shape = {1, 3, 224, 224};
    Preprocess want = *preprocess_preset("imagenet", shape);
    want.mean = {1, 2, 3};
    want.std = {4, 4, 4};
    want.color = ColorFormat::bgr;
    want.size = {232, 232};
    PreprocessOverrides overrides;
    overrides.mean = std::vector<double>{1, 2, 3};
    overrides.std = std::vector<double>{4};
    overrides.color = ColorFormat::bgr;
    overrides.size = 232;
    QCOMPARE(resolve_preprocess("imagenet", shape, overrides).value(), want);
    overrides.mean = std::vector<double>{1, 2};
    QVERIFY(!resolve_preprocess("imagenet", shape, overrides).has_value());
    overrides.mean.reset();
    overrides.std = std::vector<double>{0};
    QVERIFY(!resolve_preprocess("imagenet", shape, overrides).has_value());
    overrides.std.reset();
    overrides.size = 0;
    QVERIFY(!resolve_preprocess("imagenet", shape, overrides).has_value());
}

void TestPreprocess::resolve_checks_against_the_input() {
    const Shape shape = {1, 3, 224, 224};
    PreprocessOverrides gray;
    gray.color = ColorFormat::gray;
    QCOMPARE(resolve_preprocess("", shape, gray).error().code, ErrorCode::preprocess_invalid);
    PreprocessOverrides size;
    size.size = 100;
    QVERIFY(!resolve_preprocess("stretch", shape, size).has_value());
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.json").toStdString();
    std::ofstream(path) << R"({"resize":{"size":256},"crop":224,"mean":[0,0,0],"std":[1,1,1]})";
    QVERIFY(resolve_preprocess(path, shape).has_value());
    QVERIFY(!resolve_preprocess(path, {1, 3, 192, 192}).has_value());
    QVERIFY(!resolve_preprocess(path, {1, 1, 224, 224}).has_value());
    std::ofstream(path)
        << R"({"resize":{"size":256},"crop":224,"layout":"nhwc","mean":[0,0,0],"std":[1,1,1]})";
    QVERIFY(!resolve_preprocess(path, shape).has_value());
}

QTEST_GUILESS_MAIN(TestPreprocess)
#include "test_preprocess.moc"

// The description of preprocessing: presets, JSON files, overrides.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>

#include "core/images/preprocess.h"

using namespace quantwright;

namespace {

Json json_of(const char* text) {
    return *parse_json(text, ErrorCode::preprocess_invalid, "test");
}

constexpr const char* full = R"({"resize":{"mode":"stretch","size":[10,20],"filter":"pillow-bicubic"},
    "pad":[1,2,3,4],"pad_value":9,"crop":[8,16],"color":"bgr","scale":1,"mean":[1,2,3],"std":[4,5,6],"layout":"nhwc"})";

}  // namespace

class TestPreprocessFile : public QObject {
    Q_OBJECT

private slots:
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

void TestPreprocessFile::preset_table() {
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

void TestPreprocessFile::preset_for_gray_and_nhwc() {
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

void TestPreprocessFile::preset_for_integer_inputs() {
    const Preprocess preprocess = *resolve_preprocess("", {1, 3, 224, 224}, {}, ElementType::uint8);
    QCOMPARE(preprocess.scale, 1.0);
    QCOMPARE(preprocess.mean, std::vector<double>(3, 0.0));
    QCOMPARE(preprocess.size.height, 256);
}

void TestPreprocessFile::presets_refuse() {
    const auto refused = [](const Result<Preprocess>& preprocess) {
        return !preprocess && preprocess.error().code == ErrorCode::preprocess_invalid;
    };
    QVERIFY(refused(preprocess_preset("imagenett", {1, 3, 224, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 5, 224, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, 0, 224})));
    QVERIFY(refused(preprocess_preset("", {1, 3, -1, 224})));
    QVERIFY(refused(resolve_preprocess("no such file.json", {1, 3, 224, 224})));
}

void TestPreprocessFile::json_round_trip() {
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

void TestPreprocessFile::json_defaults() {
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

void TestPreprocessFile::json_refuses_data() {
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

void TestPreprocessFile::json_refuses() {
    QFETCH(QString, text);
    const Result<Preprocess> preprocess =
        preprocess_from_json(json_of(text.toStdString().c_str()), "file.json");
    QVERIFY(!preprocess.has_value());
    QCOMPARE(preprocess.error().code, ErrorCode::preprocess_invalid);
    QCOMPARE(preprocess.error().subject, std::string("file.json"));
}

void TestPreprocessFile::resolve_file() {
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

void TestPreprocessFile::resolve_fills_in_what_the_model_knows() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.json").toStdString();
    std::ofstream(path) << R"({"resize":{"mode":"stretch"},"mean":[0,0,0],"std":[1,1,1]})";
    const Preprocess resolved = *resolve_preprocess(path, {1, 20, 30, 3});
    QVERIFY(resolved.layout == Layout::nhwc);
    QCOMPARE(resolved.size, (Size{20, 30}));
}

void TestPreprocessFile::resolve_overrides() {
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

void TestPreprocessFile::resolve_checks_against_the_input() {
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

QTEST_GUILESS_MAIN(TestPreprocessFile)
#include "test_preprocess_file.moc"

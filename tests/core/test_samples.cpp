// Arrays that hold several samples, archives of arrays, and models with a fixed batch.
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <memory>

#include "core/calibrate/calibrate.h"
#include "core/evaluate/evaluate.h"
#include "core/images/input_reader.h"
#include "core/images/sample_fit.h"
#include "tests/core/files.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::npy;
using testing::write;
namespace fs = std::filesystem;

namespace {

const fs::path arrays = fs::path(QUANTWRIGHT_TEST_DATA_DIR) / "arrays";  // made by NumPy: 0, 1, 2, …
constexpr std::int64_t per_sample = 12;                                  // of 3x2x2

InputSource source_of(const fs::path& place, const Shape& shape, ImageListOptions options = {}) {
    InputSource source;
    source.input = "x";
    source.shape = shape;
    options.input = "x";
    options.shape = shape;
    source.list = *list_images(place, options);
    return source;
}

std::shared_ptr<const InputReader> reader_of(const fs::path& place, const Shape& shape,
                                             ImageListOptions options = {}) {
    return *InputReader::create({source_of(place, shape, std::move(options))});
}

std::vector<float> counted(std::int64_t from, std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(from + i));
    return values;
}

std::vector<float> values(const Tensor& tensor) {
    return {tensor.floats().begin(), tensor.floats().end()};
}

std::vector<std::string> names(const InputReader& reader) {
    std::vector<std::string> result;
    for (std::int64_t i = 0; i < reader.samples(); ++i)
        result.push_back(reader.file(i).relative);
    return result;
}

/// A Conv and a Gemm, for this batch.
std::shared_ptr<const Model> model_of(std::int64_t batch) {
    testing::ModelBuilder b;
    b.input("x", {batch, 3, 2, 2});
    b.conv("conv", "x", "c", 3, 4);
    b.node("Flatten", "flat", {"c"}, {"f"});
    b.weight("w", {16, 5}).weight("bias", {5}).node("Gemm", "fc", {"f", "w", "bias"}, {"y"});
    b.output("y");
    return b.build();
}

}  // namespace

class TestSamples : public QObject {
    Q_OBJECT

private slots:
    void init();
    void shapes_that_go_together_data();
    void shapes_that_go_together();
    void rows_are_samples_data();
    void rows_are_samples();
    void choosing_and_excluding_is_by_row();
    void archives();
    void damaged_archives();
    void shapes_that_lie();
    void the_reason_is_kept();
    void batches_are_filled();
    void what_cannot_be_read_leaves_its_batch();
    void images_in_batches();
    void figures_do_not_count_what_fills_up();
    void fewer_samples_than_a_batch();

private:
    fs::path m_folder;
    std::unique_ptr<QTemporaryDir> m_temporary;
};

void TestSamples::init() {
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestSamples::shapes_that_go_together_data() {
    QTest::addColumn<QString>("have");
    QTest::addColumn<QString>("want");
    QTest::addColumn<QString>("fit");
    const auto row = [](const char* have, const char* want, const char* fit) {
        QTest::newRow((QByteArray(have) + " for " + want).constData()) << have << want << fit;
    };
    row("1,3,8,8", "1,3,8,8", "whole");
    row("3,8,8", "1,3,8,8", "whole");
    row("10,3,8,8", "1,3,8,8", "10 whole");
    row("0,3,8,8", "1,3,8,8", "0 whole");
    row("10,1,3,8,8", "1,3,8,8", "10 whole");
    row("10,3,8,9", "1,3,8,8", "");
    row("8,8,3", "1,3,8,8", "");
    row("4,3,8,8", "4,3,8,8", "whole");
    row("3,8,8", "4,3,8,8", "row");
    row("10,3,8,8", "4,3,8,8", "10 row");
    row("2,4,3,8,8", "4,3,8,8", "2 whole");
    row("28,28", "1,1,28,28", "whole");
    row("60,28,28", "1,1,28,28", "60 whole");
    row("60,28,28", "1,28,28,1", "60 whole");
    row("28,28", "4,1,28,28", "row");
    row("128", "1,128", "whole");
    row("7,128", "1,128", "7 whole");
    row("6", "6", "whole");
    row("2,6", "6", "2 whole");
    row("5", "6", "");
    row("", "1", "whole");
    row("9", "1", "9 whole");
    row("", "", "whole");
    row("1", "", "");
}

void TestSamples::shapes_that_go_together() {
    QFETCH(QString, have);
    QFETCH(QString, want);
    QFETCH(QString, fit);
    const auto shape = [](const QString& text) {
        Shape result;
        for (const QString& part : text.split(',', Qt::SkipEmptyParts))
            result.push_back(part.toLongLong());
        return result;
    };
    const auto found = fit_sample(shape(have), shape(want));
    const QString kind = found ? found->whole ? QString("whole") : QString("row") : QString();
    QCOMPARE(found && found->count >= 0 ? QString::number(found->count) + " " + kind : kind, fit);
}

void TestSamples::rows_are_samples_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("npy, last index fastest") << "c.npy";
    QTest::newRow("npy, first index fastest") << "fortran.npy";
    QTest::newRow("npy, the other byte order") << "swapped.npy";
    QTest::newRow("npz, stored") << "stacked.npz";
    QTest::newRow("npz, deflated") << "deflated.npz";
}

void TestSamples::rows_are_samples() {
    QFETCH(QString, file);
    const std::string name = file.toStdString();
    const std::vector<float> all = counted(0, 10 * per_sample);
    if (name == "c.npy") {
        write(m_folder / name, npy("<f4", "(10, 3, 2, 2)", all));
    } else if (name == "swapped.npy") {
        std::vector<std::uint32_t> swapped;
        for (const float value : all) {
            std::uint32_t bits = 0;
            std::memcpy(&bits, &value, 4);
            swapped.push_back(bits << 24 | (bits & 0xff00) << 8 | (bits >> 8 & 0xff00) | bits >> 24);
        }
        write(m_folder / name, npy(">f4", "(10, 3, 2, 2)", swapped));
    } else {
        fs::copy(arrays / name, m_folder / name);
    }
    const auto reader = reader_of(m_folder, {1, 3, 2, 2});
    QCOMPARE(reader->size(), std::int64_t(10));
    for (const std::int64_t sample : {0, 7, 9}) {
        const auto loaded = reader->load(sample);
        QVERIFY(loaded.has_value());
        QCOMPARE((*loaded)[0].shape, (Shape{1, 3, 2, 2}));
        QCOMPARE(values((*loaded)[0]), counted(sample * per_sample, per_sample));
        QCOMPARE(reader->file(sample).relative, name + "[" + std::to_string(sample) + "]");
    }
}

void TestSamples::choosing_and_excluding_is_by_row() {
    write(m_folder / "all.npy", npy("<f4", "(10, 3, 2, 2)", counted(0, 10 * per_sample)));
    write(m_folder / "one.npy", npy("<f4", "(1, 3, 2, 2)", counted(1000, per_sample)));
    ImageListOptions options;
    options.excluded = {"all.npy[3]"};
    const auto most = reader_of(m_folder, {1, 3, 2, 2}, options);
    QCOMPARE(most->size(), std::int64_t(10));
    QCOMPARE(values((*most->load(3))[0]), counted(4 * per_sample, per_sample));
    QCOMPARE(most->file(9).relative, std::string("one.npy"));
    options.count = 4;
    QCOMPARE(reader_of(m_folder, {1, 3, 2, 2}, options)->size(), std::int64_t(4));
}

void TestSamples::archives() {
    // Without an array of the input's name, all that fit are samples.
    const auto several = reader_of(arrays / "several.npz", {1, 3, 2, 2});
    QCOMPARE(names(*several),
             (std::vector<std::string>{"several.npz:arr_0", "several.npz:arr_1", "several.npz:arr_2[0]",
                                       "several.npz:arr_2[1]", "several.npz:arr_2[2]"}));
    for (std::int64_t i = 0; i < 5; ++i)
        QCOMPARE(values((*several->load(i))[0]), counted(i * per_sample, per_sample));
    // One archive per sample, an array per input; what is no number is no sample.
    fs::copy(arrays / "inputs.npz", m_folder / "0.npz");
    InputSource mask = source_of(m_folder, {1, 2});
    mask.input = "mask";
    ImageListOptions options;
    options.input = "mask";
    options.shape = {1, 2};
    mask.list = *list_images(m_folder, options);
    const auto both = *InputReader::create({source_of(m_folder, {1, 3, 2, 2}), mask});
    QCOMPARE(both->size(), std::int64_t(1));
    const auto loaded = both->load(0);
    QVERIFY(loaded.has_value());
    QCOMPARE(values((*loaded)[0]), counted(7 * per_sample, per_sample));
    QCOMPARE(values((*loaded)[1]), (std::vector<float>{1, 0}));
}

void TestSamples::damaged_archives() {
    for (const char* name : {"stacked.npz", "deflated.npz"}) {
        const std::string whole = testing::bytes_of(arrays / name);
        const std::vector<float> first = counted(0, per_sample);
        const auto outcome = [&](const std::string& content) -> Result<std::vector<Tensor>> {
            write(m_folder / "x.npz", content);
            return reader_of(m_folder, {1, 3, 2, 2})->load(0);
        };
        QVERIFY(outcome(whole).has_value());
        for (std::size_t length = 0; length < whole.size(); length += 3)
            QVERIFY2(!outcome(whole.substr(0, length)).has_value(), std::to_string(length).c_str());
        int refused = 0;
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ 0xff);
            const auto loaded = outcome(changed);
            refused += loaded ? 0 : 1;
            QVERIFY(loaded || loaded.error().code == ErrorCode::images_unreadable ||
                    loaded.error().code == ErrorCode::images_too_large);
        }
        QVERIFY(refused > 50);
    }
}

void TestSamples::shapes_that_lie() {
    // Nothing is made for samples that a header only claims.
    for (const char* shape : {"(999999999999, 3, 2, 2)", "(0, 3, 2, 2)", "(3, 3, 2, 2)"}) {
        write(m_folder / "x.npy", npy("<f4", shape, counted(0, 2 * per_sample)));
        const auto reader = reader_of(m_folder, {1, 3, 2, 2});
        QCOMPARE(reader->size(), std::int64_t(1));
        QCOMPARE(reader->load(0).error().code, ErrorCode::images_unreadable);
    }
    QCOMPARE(reader_of(m_folder, {1, 3, 2, 2})->load(0).error().detail,
             std::string("it holds 96 bytes of data, not 144"));
}

void TestSamples::the_reason_is_kept() {
    write(m_folder / "bad.npy", npy("<f4", "(10, 3, 8, 9)", std::vector<float>(2160)));
    write(m_folder / "worse.npy", "nothing");
    const auto reader = reader_of(m_folder, {1, 3, 8, 8});
    QCOMPARE(reader->size(), std::int64_t(2));
    const auto loaded = reader->load(0);
    QVERIFY(!loaded.has_value());
    QCOMPARE(loaded.error().code, ErrorCode::images_unreadable);
    QCOMPARE(loaded.error().detail, std::string("shape 10x3x8x9, the input takes Nx3x8x8"));
    const auto nobody = [](const std::vector<Tensor>&, const CancelToken&) -> Result<std::vector<Tensor>> {
        return std::vector<Tensor>{};
    };
    const auto evaluation = evaluate(nobody, {}, *reader);
    QVERIFY(!evaluation.has_value());
    QCOMPARE(evaluation.error().code, ErrorCode::images_none_left);
    QCOMPARE(evaluation.error().detail, std::string("bad.npy: shape 10x3x8x9, the input takes Nx3x8x8"));
}

void TestSamples::batches_are_filled() {
    write(m_folder / "all.npy", npy("<f4", "(10, 3, 2, 2)", counted(0, 10 * per_sample)));
    const auto reader = reader_of(m_folder, {4, 3, 2, 2});
    QCOMPARE(reader->size(), std::int64_t(3));
    QCOMPARE(reader->samples(), std::int64_t(10));
    QCOMPARE(values((*reader->load(1))[0]), counted(4 * per_sample, 4 * per_sample));
    const auto last = reader->load_batch(2);
    QVERIFY(last.has_value());
    QVERIFY(!last->complete());
    QCOMPARE(last->samples, (std::vector<std::int64_t>{8, 9}));
    QCOMPARE(last->inputs[0].shape, (Shape{4, 3, 2, 2}));
    const std::vector<float> filled = values(last->inputs[0]);
    for (std::size_t row : {1, 2, 3})
        QCOMPARE(std::vector<float>(filled.begin() + static_cast<std::ptrdiff_t>(row * per_sample),
                                    filled.begin() + static_cast<std::ptrdiff_t>((row + 1) * per_sample)),
                 counted(9 * per_sample, per_sample));
    const auto problems = batch_problems(*reader);
    QCOMPARE(problems.size(), std::size_t(1));
    QCOMPARE(problems[0].arguments, (std::vector<std::string>{"4", "10", "2"}));
    QVERIFY(batch_problems(*reader_of(m_folder, {5, 3, 2, 2})).empty());

    std::vector<Tensor> outputs = {make_tensor({4, 2}, counted(0, 8))};
    QCOMPARE(values(outputs_of_row(outputs, 4, 2)->front()), (std::vector<float>{4, 5}));
    QVERIFY(keep_samples(outputs, *last));
    QCOMPARE(values(outputs[0]), counted(0, 4));
    outputs = {make_tensor({8}, counted(0, 8))};
    QVERIFY(!keep_samples(outputs, *last));

    // A file of the exact shape is one sample, unless others come row by row.
    write(m_folder / "all.npy", npy("<f4", "(4, 3, 2, 2)", counted(0, 4 * per_sample)));
    const auto whole = reader_of(m_folder, {4, 3, 2, 2});
    QCOMPARE(whole->samples(), std::int64_t(1));
    QCOMPARE(whole->load_batch(0)->rows, std::int64_t(1));
    write(m_folder / "more.npy", npy("<f4", "(3, 2, 2)", counted(500, per_sample)));
    QCOMPARE(reader_of(m_folder, {4, 3, 2, 2})->samples(), std::int64_t(5));
}

void TestSamples::what_cannot_be_read_leaves_its_batch() {
    for (int i = 0; i < 4; ++i)
        write(m_folder / (std::to_string(i) + ".npy"),
              npy("<f4", "(3, 2, 2)", counted(i * per_sample, per_sample)));
    write(m_folder / "1.npy", npy("<f4", "(3, 2, 3)", std::vector<float>(18)));
    const auto batch = reader_of(m_folder, {4, 3, 2, 2})->load_batch(0);
    QVERIFY(batch.has_value());
    QCOMPARE(batch->samples, (std::vector<std::int64_t>{0, 2, 3}));
    QCOMPARE(batch->skipped.size(), std::size_t(1));
    QCOMPARE(batch->skipped[0].reason, std::string("shape 3x2x3, the input takes Nx3x2x2"));
    const std::vector<float> rows = values(batch->inputs[0]);
    QCOMPARE(rows[per_sample], float(2 * per_sample));
    QCOMPARE(rows[3 * per_sample], float(3 * per_sample));
}

void TestSamples::images_in_batches() {
    for (const char* name : {"a.png", "b.png", "c.png"})
        fs::copy(fs::path(QUANTWRIGHT_TEST_DATA_DIR) / "images" / "rgb.png", m_folder / name);
    InputSource source = source_of(m_folder, {2, 3, 4, 4});
    source.preprocess = *resolve_preprocess("stretch", source.shape);
    const auto reader = *InputReader::create({source});
    QCOMPARE(reader->size(), std::int64_t(2));
    const auto loaded = reader->load(0);
    QVERIFY(loaded.has_value());
    QCOMPARE((*loaded)[0].shape, (Shape{2, 3, 4, 4}));
    const std::vector<float> both = values((*loaded)[0]);
    QVERIFY(std::equal(both.begin(), both.begin() + 48, both.begin() + 48));
}

void TestSamples::figures_do_not_count_what_fills_up() {
    testing::ModelBuilder unused;
    write(m_folder / "all.npy", npy("<f4", "(10, 3, 2, 2)", counted(-60, 10 * per_sample)));
    ImageListOptions options;
    options.labels = m_folder / "labels.txt";
    std::string labels;
    for (int i = 0; i < 10; ++i)
        labels += "all.npy[" + std::to_string(i) + "] " + std::to_string(i % 5) + "\n";
    write(options.labels, labels);

    const auto judge = [&](std::int64_t batch) {
        const auto model = model_of(batch);
        const auto session = *Session::create(*model, {1, Optimizations::off, {}});
        // Every output is off by its own amount.
        const Runner noisy = [&](const std::vector<Tensor>& inputs,
                                 const CancelToken& cancel) -> Result<std::vector<Tensor>> {
            const auto outputs = session->run(inputs, cancel);
            std::vector<float> changed = values(outputs->front());
            for (float& value : changed)
                value += 0.01f * value * value;
            return std::vector<Tensor>{make_tensor(outputs->front().shape, changed)};
        };
        const auto reader = reader_of(m_folder, {batch, 3, 2, 2}, options);
        return *evaluate(noisy, runner(*session), *reader);
    };
    const Evaluation one = judge(1), four = judge(4);
    QCOMPARE(four.images, std::int64_t(10));
    QCOMPARE(four.labelled, std::int64_t(10));
    QCOMPARE(four.per_image.size(), std::size_t(10));
    QCOMPARE(four.per_image[9].image, std::string("all.npy[9]"));
    QCOMPARE(*four.top1, *one.top1);
    QVERIFY(std::abs(*four.snr_db - *one.snr_db) < 1e-3);
    QVERIFY(std::abs(*four.cosine - *one.cosine) < 1e-6);

    // Statistics are those of the ten samples, too: also how many elements there were, and their mean.
    const auto statistics = [&](std::int64_t batch) {
        const auto prepared = *prepare(model_of(batch));
        return calibrate(*prepared, *reader_of(m_folder, {batch, 3, 2, 2}))->statistics;
    };
    const auto batched = statistics(4), single = statistics(1);
    QCOMPARE(batched->images, std::int64_t(10));
    QCOMPARE(batched->tensors.size(), single->tensors.size());
    for (std::size_t i = 0; i < single->tensors.size(); ++i) {
        QVERIFY(std::abs(batched->tensors[i].range.min - single->tensors[i].range.min) < 1e-4);
        QVERIFY(std::abs(batched->tensors[i].range.max - single->tensors[i].range.max) < 1e-4);
        QVERIFY(std::abs(batched->tensors[i].mean - single->tensors[i].mean) < 1e-4);
        QCOMPARE(batched->tensors[i].count, single->tensors[i].count);
        QCOMPARE(batched->tensors[i].histogram.total(), single->tensors[i].histogram.total());
    }
}

void TestSamples::fewer_samples_than_a_batch() {
    write(m_folder / "all.npy", npy("<f4", "(3, 3, 2, 2)", counted(-60, 3 * per_sample)));
    const auto prepared = *prepare(model_of(4));
    const auto reader = reader_of(m_folder, {4, 3, 2, 2});
    const auto calibration = calibrate(*prepared, *reader);
    QVERIFY(calibration.has_value());
    QCOMPARE(calibration->statistics->images, std::int64_t(3));
    const auto session = *Session::create(*prepared->model, {1, Optimizations::off, {}});
    QCOMPARE(evaluate(runner(*session), {}, *reader)->images, std::int64_t(3));
}

QTEST_GUILESS_MAIN(TestSamples)
#include "test_samples.moc"

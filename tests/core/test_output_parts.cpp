// What outputs are made of, and the error of each part by itself.
#include <QtTest>

#include "core/analyze/lost_parts.h"
#include "core/analyze/sensitivity.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/output_parts.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
using testing::ModelBuilder;
using Ints = std::vector<std::int64_t>;

namespace {

std::vector<OutputParts> parts(const std::shared_ptr<const Model>& model) {
    return output_parts(*testing::prepared(model));
}

QString text(const OutputParts& output) {
    QStringList list;
    for (const OutputPart& part : output.parts)
        list << QString("%1@%2:%3-%4")
                    .arg(QString::fromStdString(part.name))
                    .arg(part.axis)
                    .arg(part.from)
                    .arg(part.to);
    return list.join(' ');
}

/// Boxes and scores of one level, each from a convolution of its own.
void level(ModelBuilder& b, const std::string& p, const std::string& in, int stride) {
    b.conv(p + "boxes", in, p + "b", 3, 4, 1, 1, stride).conv(p + "scores", in, p + "l", 3, 2, 1, 1, stride);
    b.node("Sigmoid", p + "sigmoid", {p + "l"}, {p + "s"});
    set_attribute(b.node("Concat", p + "cat", {p + "b", p + "s"}, {p + "bs"}), "axis", std::int64_t(1));
}

Tensor values(const Shape& shape, std::vector<float> floats) {
    return make_tensor(shape, std::move(floats));
}

OutputParts two_rows(const std::string& kind_of_second) {
    return {"y",
            {1, 2, 3},
            {{"a", "Mul", "cat", 1, 0, 1}, {"b", kind_of_second, "cat", 1, 1, 2}},
            {0, 0, 0, 1, 1, 1}};
}

}  // namespace

class TestOutputParts : public QObject {
    Q_OBJECT

private slots:
    void a_concat_at_the_output() {
        ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("y");
        level(b, "", "x", 1);
        b.node("Identity", "end", {"bs"}, {"y"});
        const auto found = parts(b.build());
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].name, std::string("y"));
        QCOMPARE(found[0].shape, (Shape{1, 6, 4, 4}));
        QCOMPARE(text(found[0]), QString("b@1:0-4 s@1:4-6"));
        QCOMPARE(found[0].parts[0].kind, std::string("Conv"));
        QCOMPARE(found[0].parts[1].kind, std::string("Sigmoid"));
        QCOMPARE(found[0].parts[1].joined, std::string("cat"));
    }

    void behind_what_moves_values() {
        ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("y");
        level(b, "", "x", 1);
        b.weight("rows", {3}, Ints{1, 6, 16});
        b.node("Reshape", "flat", {"bs", "rows"}, {"r"});
        set_attribute(b.node("Transpose", "turn", {"r"}, {"y"}), "perm", Ints{0, 2, 1});
        const auto found = parts(b.build());
        QCOMPARE(text(found[0]), QString("b@2:0-4 s@2:4-6"));
        // Row after row of six values: four of the box, two of the scores.
        const std::vector<std::uint8_t> row{0, 0, 0, 0, 1, 1};
        for (std::size_t i = 0; i < found[0].part_of.size(); ++i)
            QCOMPARE(found[0].part_of[i], row[i % 6]);
    }

    void levels_join_the_same_parts() {
        ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("y");
        level(b, "p3/", "x", 1);
        level(b, "p4/", "x", 2);
        b.weight("r3", {3}, Ints{1, 6, 16}).weight("r4", {3}, Ints{1, 6, 4});
        b.node("Reshape", "flat3", {"p3/bs", "r3"}, {"f3"});
        b.node("Reshape", "flat4", {"p4/bs", "r4"}, {"f4"});
        set_attribute(b.node("Concat", "levels", {"f3", "f4"}, {"y"}), "axis", std::int64_t(-1));
        const auto found = parts(b.build());
        QCOMPARE(text(found[0]), QString("p3/b@1:0-4 p3/s@1:4-6"));
        QCOMPARE(found[0].part_of.size(), std::size_t(6 * 20));
    }

    void without_a_concat_there_are_no_parts() {
        const auto found = parts(testing::small_cnn());
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(found[0].parts.empty());
    }

    void each_part_is_judged_by_itself() {
        OutputErrors errors({two_rows("Sigmoid")});
        // 40 dB of the large part hide that the small one is all wrong.
        errors.add({values({1, 2, 3}, {100, 100, 100, 0.1f, 0.1f, 0.1f})},
                   {values({1, 2, 3}, {101, 99, 101, 0, 0, 0})});
        const auto result = errors.errors();
        QVERIFY(*result[0].snr_db > 39.9 && *result[0].snr_db < 40.1);
        QCOMPARE(result[0].parts.size(), std::size_t(2));
        QVERIFY(std::abs(*result[0].parts[0].snr_db - 40) < 1e-4);
        QVERIFY(std::abs(*result[0].parts[1].snr_db) < 1e-4);
        const auto worst = worst_part(result);
        QVERIFY(worst);
        QCOMPARE(worst->part->name, std::string("b"));
        QCOMPARE(worst->output, std::string("y"));
        const auto lost = lost_parts(result);
        QCOMPARE(lost.size(), std::size_t(1));
        QCOMPARE(lost[0].code, std::string("output.part_lost"));
        QCOMPARE(lost[0].layer, std::string("b"));
        QCOMPARE(lost[0].severity, Severity::warning);
        QCOMPARE(lost[0].arguments, (std::vector<std::string>{"y", "0.0", "--set 'cat:mode=float'"}));
    }

    void parts_that_are_alike_are_one_thing() {
        const std::vector<Tensor> reference{values({1, 2, 3}, {1, 2, 3, 1, 2, 2})},
            value{values({1, 2, 3}, {1, 2, 3, 1, 2, 1})};
        OutputErrors alike({two_rows("Mul")});
        alike.add(reference, value);
        QVERIFY(alike.errors()[0].parts.empty());
        QVERIFY(!worst_part(alike.errors()));
        // Another size, or another operator, makes it another thing.
        OutputErrors other({two_rows("Sigmoid")});
        other.add(reference, value);
        QCOMPARE(other.errors()[0].parts.size(), std::size_t(2));
        OutputErrors larger({two_rows("Mul")});
        larger.add({values({1, 2, 3}, {10, 20, 30, 1, 2, 2})}, {values({1, 2, 3}, {10, 20, 30, 1, 2, 1})});
        QCOMPARE(larger.errors()[0].parts.size(), std::size_t(2));
        QVERIFY(!larger.errors()[0].parts[0].snr_db);  // no noise
        // What is zero throughout has no SNR, and an output of another size is judged as a whole.
        OutputErrors zero({two_rows("Sigmoid")});
        zero.add({values({1, 2, 3}, {1, 1, 1, 0, 0, 0})}, {values({1, 2, 3}, {1, 1, 1, 1, 0, 0})});
        QVERIFY(zero.errors()[0].parts[0].known && !zero.errors()[0].parts[1].known);
        QVERIFY(lost_parts(zero.errors()).empty());
        OutputErrors wider({two_rows("Sigmoid")});
        wider.add({values({1, 2, 1}, {1, 1})}, {values({1, 2, 1}, {1, 0.9f})});
        QVERIFY(wider.errors()[0].parts.empty() && wider.errors()[0].snr_db);
    }

    void outputs_are_parts_of_a_model_with_several() {
        const OutputParts a{"a", {1, 2}, {}, {}}, b{"b", {1, 2}, {}, {}};
        OutputErrors errors({a, b});
        errors.add({values({1, 2}, {100, 100}), values({1, 2}, {1, 1})},
                   {values({1, 2}, {100, 101}), values({1, 2}, {1, 0})});
        const auto result = errors.errors();
        QCOMPARE(worst_part(result)->output, std::string("b"));
        QVERIFY(!worst_part(result)->part);
        QCOMPARE(lost_parts(result)[0].layer, std::string("b"));
    }

    void evaluation_and_analysis_have_them() {
        QTemporaryDir folder;
        ModelBuilder b;
        b.input("x", {1, 3, 4, 4}).output("y").weight("k", {}, std::vector<float>{300});
        b.conv("boxes", "x", "a", 3, 4, 1).conv("scores", "x", "l", 3, 2, 1);
        b.node("Mul", "scale", {"a", "k"}, {"box"});
        b.node("Sigmoid", "sigmoid", {"l"}, {"p"});
        set_attribute(b.node("Concat", "cat", {"box", "p"}, {"y"}), "axis", std::int64_t(1));
        const auto prepared = testing::prepared(b.build());
        const auto samples = testing::random_inputs(*prepared->model, 6);
        testing::write_samples(folder.path().toStdString(), samples);
        const auto reader = testing::reader_of(folder.path().toStdString(), *prepared->model);
        const auto statistics = testing::reference_statistics(*prepared, samples);
        const auto worst = [&](const char* mode_of_concat) -> double {
            Plan plan;
            if (*mode_of_concat)
                plan.layers["cat"].set(Field::mode, mode_of_concat);
            const auto resolved = *resolve(prepared, statistics, plan);
            const auto sensitivity = analyze_sensitivity(resolved, *reader);
            if (!sensitivity)
                return -1;
            const auto part = worst_part((*sensitivity)->outputs_all);
            const auto lost = lost_parts((*sensitivity)->outputs_all, resolved.get());
            const bool joined = *mode_of_concat && !lost.empty() && lost[0].layer == "p" &&
                                lost[0].arguments[2] == "--set 'cat:mode=float'";
            return part && part->part && (*mode_of_concat ? joined : lost.empty()) ? *part->snr_db : -1;
        };
        const double proposed = worst(""), shared = worst("static");
        QVERIFY2(proposed > 25, qPrintable(QString::number(proposed)));
        QVERIFY2(shared >= 0 && shared < 10, qPrintable(QString::number(shared)));
    }
};

QTEST_GUILESS_MAIN(TestOutputParts)
#include "test_output_parts.moc"

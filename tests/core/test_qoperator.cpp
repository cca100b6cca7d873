// The file of integer operators as a whole: that it runs like the QDQ file, and that each operator gives the
// codes of the pairs it stands for.
#include <onnx/checker.h>

#include <QtTest>
#include <algorithm>

#include "tests/core/qoperator_files.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestQOperator : public QObject {
    Q_OBJECT

    static void cases() {
        QTest::addColumn<bool>("many");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("activation");
        QTest::addColumn<QString>("storage");
        const auto add = [](const char* name, const char* target, const char* activation,
                            const char* storage) {
            QTest::addRow("small cnn, %s", name) << false << target << activation << storage;
            QTest::addRow("many operators, %s", name) << true << target << activation << storage;
        };
        add("U8U8", "onnxruntime-x86", "uint8", "uint8");
        add("U8S8", "onnxruntime-x86", "uint8", "int8");
        add("S8S8", "onnxruntime-arm", "int8", "int8");
        add("S8S8 made unsigned", "onnxruntime-x86", "int8", "int8");
        add("float bias", "spacemit-k1", "int8", "int8");
    }
    static std::shared_ptr<const Resolved> resolved_case() {
        QFETCH_GLOBAL(bool, many);
        QFETCH_GLOBAL(QString, target);
        QFETCH_GLOBAL(QString, activation);
        QFETCH_GLOBAL(QString, storage);
        // 7-bit signed weights: kernels of CPUs without VNNI add two products in 16 bits.
        const bool whole = storage == "uint8";
        return resolve_on_random(many ? many_operators() : testing::small_cnn(),
                                 plan_with({{Field::activation_format, activation.toStdString()},
                                            {Field::weight_storage, storage.toStdString()},
                                            {Field::weight_range, whole ? "restricted" : "reduced"}},
                                           target.toStdString()));
    }

private slots:
    void initTestCase_data() { cases(); }

    void it_is_a_model_that_runs_like_the_qdq_file() {
        const auto resolved = resolved_case();
        const auto qdq = build_qdq(*resolved), file = build_qoperator(*resolved);
        try {
            onnx::checker::check_model(file);
        } catch (const std::exception& e) {
            QFAIL(e.what());
        }
        QVERIFY(pairs_of(file) < pairs_of(qdq) / 2);
        const auto plain = Session::create(*resolved->prepared->original, {1, Optimizations::off, {}});
        const auto reference = Session::create(qdq, nullptr, {1, Optimizations::off, {}});
        ErrorSums qdq_error, errors[2];
        const auto samples = testing::random_inputs(*resolved->prepared->model, 40, 5);
        for (int i = 0; i < 2; ++i) {
            const auto session = Session::create(
                file, nullptr, {1, i == 0 ? Optimizations::off : Optimizations::standard, {}});
            QVERIFY2(session, session ? "" : session.error().detail.c_str());
            for (const auto& inputs : samples) {
                const auto wanted = (*plain)->run(inputs), given = (*session)->run(inputs),
                           other = (*reference)->run(inputs);
                QVERIFY2(wanted && given && other, given ? "" : given.error().detail.c_str());
                for (std::size_t o = 0; o < wanted->size(); ++o) {
                    errors[i].add((*wanted)[o].floats(), (*given)[o].floats());
                    if (i == 0)
                        qdq_error.add((*wanted)[o].floats(), (*other)[o].floats());
                }
            }
            const double away = *errors[i].snr_db() - *qdq_error.snr_db();
            QVERIFY2(std::abs(away) < 0.3,
                     qPrintable(QString("QDQ %1 dB, QOperator %2").arg(*qdq_error.snr_db()).arg(away)));
        }
    }

    /// Every stretch between two tensors of codes, fed with the codes of the QDQ file.
    void every_operator_gives_the_codes_of_its_pairs() {
        const auto resolved = resolved_case();
        onnx::ModelProto qdq = build_qdq(*resolved);
        const onnx::ModelProto file = build_qoperator(*resolved);
        std::set<std::string> made;
        for (const auto& node : file.graph().node())
            made.insert(node.output().begin(), node.output().end());
        for (const auto& node : qdq.graph().node())
            if (node.op_type() == "QuantizeLinear")
                qdq.mutable_graph()->add_output()->set_name(node.output(0));
        const auto reference = Session::create(qdq, nullptr, {1, Optimizations::off, {}});
        QVERIFY2(reference, reference ? "" : reference.error().detail.c_str());
        // Signed codes beside unsigned weights become unsigned: 128 more.
        bool moved = true;
        for (const auto& initializer : file.graph().initializer())
            moved = moved && initializer.data_type() != onnx::TensorProto::INT8;

        const auto inputs = testing::random_inputs(*resolved->prepared->model, 1, 17).front();
        const auto wanted = (*reference)->run(inputs);
        QVERIFY(wanted);
        std::map<std::string, Tensor> values;
        std::map<std::string, ElementType> types;
        for (std::size_t i = 0; i < wanted->size(); ++i) {
            const std::string& name = (*reference)->output_names()[i];
            Tensor value = (*wanted)[i];
            if (value.type == ElementType::int8 && moved) {
                std::vector<std::byte> bytes;
                for (const int code : widened(value))
                    bytes.push_back(static_cast<std::byte>(code + 128));
                value = make_tensor(ElementType::uint8, value.shape, std::move(bytes));
            }
            if (made.contains(name) && value.type != ElementType::float32)
                types[name] = value.type;
            values[name] = std::move(value);
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const std::string& name = resolved->prepared->model->inputs()[i].name;
            values[name] = inputs[i];
            types[name] = ElementType::float32;
        }
        int stretches = 0, codes = 0, apart = 0;
        for (const auto& [name, value] : values) {
            if (!made.contains(name))
                continue;
            const bool is_float = value.type == ElementType::float32;
            const auto part = slice(file, name, value.type, types);
            const auto session = Session::create(part, nullptr, {1, Optimizations::off, {}});
            QVERIFY2(session, session ? name.c_str() : session.error().detail.c_str());
            std::vector<Tensor> fed;
            for (const std::string& input : (*session)->input_names())
                fed.push_back(values.at(input));
            const auto given = (*session)->run(fed);
            QVERIFY2(given, given ? "" : given.error().detail.c_str());
            QCOMPARE(given->front().shape, value.shape);
            ++stretches;
            if (is_float) {
                const auto a = value.floats(), b = given->front().floats();
                for (std::size_t k = 0; k < a.size(); ++k)
                    QVERIFY2(std::abs(a[k] - b[k]) <= 1e-5f * (1 + std::abs(a[k])), name.c_str());
                continue;
            }
            const auto a = widened(value), b = widened(given->front());
            // Codes that are only moved or looked up are the very same.
            const auto ops = ops_of(part);
            const bool exact = std::none_of(ops.begin(), ops.end(), [](const auto& one) {
                return std::set<std::string>{"QLinearConv",       "QLinearMatMul", "QGemm",
                                             "QLinearAdd",        "QLinearMul",    "QLinearGlobalAveragePool",
                                             "QLinearAveragePool"}
                    .contains(one.first);
            });
            for (std::size_t k = 0; k < a.size(); ++k) {
                const int difference = std::abs(a[k] - b[k]);
                QVERIFY2(difference <= (exact ? 0 : 1),
                         qPrintable(QString("%1[%2]: %3 in pairs, %4 in integers")
                                        .arg(QString::fromStdString(name))
                                        .arg(k)
                                        .arg(a[k])
                                        .arg(b[k])));
                apart += difference;
            }
            codes += static_cast<int>(a.size());
        }
        QVERIFY(stretches >= 5 && codes > 1000);
        QVERIFY2(apart < codes / 100, qPrintable(QString("%1 of %2 codes").arg(apart).arg(codes)));
    }
};

QTEST_GUILESS_MAIN(TestQOperator)
#include "test_qoperator.moc"

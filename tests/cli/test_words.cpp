// The words: every code has its sentences, in both languages, with the subject in them.
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include "core/plan/preset.h"
#include "widgets/words/language.h"
#include "widgets/words/report_words.h"
#include "widgets/words/words.h"

using namespace quantwright;

class TestWords : public QObject {
    Q_OBJECT

    static bool has_chinese(const QString& text) {
        return text.contains(QRegularExpression("[\\x{4e00}-\\x{9fff}]"));
    }

private slots:
    void cleanup() { words::setLanguage("en"); }

    void every_error_in_both_languages_data() {
        QTest::addColumn<int>("code");
        for (const ErrorInfo& info : error_catalogue())
            QTest::newRow(std::string(info.name).c_str()) << static_cast<int>(info.code);
    }
    void every_error_in_both_languages() {
        QFETCH(int, code);
        const Error error{static_cast<ErrorCode>(code), "/a/%1 %2/m.onnx", {}};
        const bool has_subject = error.code != ErrorCode::cancelled;
        words::setLanguage("en");
        const QString message = words::message(error), hint = words::hint(error);
        // Only the row of runtime.failed may speak of a runtime that could not run something: it is what a
        // missing row falls back to.
        QVERIFY(error.code == ErrorCode::runtime_failed || !message.contains("ONNX Runtime could not run"));
        words::setLanguage("zh");
        const QString chinese = words::message(error), chinese_hint = words::hint(error);
        for (const QString& text : {message, chinese}) {
            QVERIFY(!text.isEmpty());
            QCOMPARE(text.contains("/a/%1 %2/m.onnx"), has_subject);
        }
        QVERIFY2(has_chinese(chinese), qPrintable(chinese));
        QVERIFY(!has_chinese(message));
        QCOMPARE(hint.isEmpty(), !has_subject);
        QCOMPARE(has_chinese(chinese_hint), has_subject);
    }

    void every_problem_in_both_languages() {
        for (const std::string& code : words::problemCodes()) {
            const Problem problem{code, Severity::warning, "/conv1/Conv", {"2", "x", "y", "z"}};
            words::setLanguage("en");
            const QString message = words::message(problem);
            QVERIFY2(!message.isEmpty() && !message.contains(QString::fromStdString(code)), code.c_str());
            QVERIFY2(!message.contains(QRegularExpression("%[n0-9]")), qPrintable(message));
            QVERIFY(!words::hint(problem).isEmpty());
            words::setLanguage("zh");
            QVERIFY2(has_chinese(words::message(problem)), code.c_str());
            QVERIFY2(has_chinese(words::hint(problem)), code.c_str());
        }
    }

    void an_error_may_be_a_problem() {
        const Problem problem{"model.already_quantized", Severity::info, {}, {}};
        QCOMPARE(words::message(problem), QString("The model is quantized already."));
        // A mode chosen for all layers changes them, so no sentence may promise that they stay.
        QVERIFY(words::hint(problem).startsWith("What you do not choose otherwise stays"));
        words::setLanguage("zh");
        QVERIFY(words::hint(problem).startsWith("未另行选择的部分保持模型原样"));
    }

    void a_code_without_words_is_shown() {
        const Problem problem{"later.code", Severity::info, "/conv", {"7"}};
        QCOMPARE(words::message(problem), QString("later.code (/conv, 7)"));
        QVERIFY(words::hint(problem).isEmpty());
    }

    void what_a_library_said_comes_after() {
        QCOMPARE(words::message(Error{ErrorCode::model_not_found, "m.onnx", "no such file"}),
                 QString("There is no model file at “m.onnx”. (no such file)"));
    }

    void nobody_has_a_name() {
        QCOMPARE(words::message(Error{ErrorCode::model_truncated, {}, {}}),
                 QString("The model ends before the model does."));
        QCOMPARE(words::message(Error{ErrorCode::model_not_found, {}, {}}),
                 QString("There is no model file at the model."));
        words::setLanguage("zh");
        QCOMPARE(words::message(Error{ErrorCode::model_already_quantized, {}, {}}),
                 QString("模型已经量化过。"));
    }

    void counts_have_plurals() {
        const auto raised = [](const char* channels) {
            return words::message(Problem{"weight.scale_raised", Severity::info, {}, {channels, "2"}});
        };
        words::setLanguage("en");
        QVERIFY2(raised("1").contains("of 1 channel was"), qPrintable(raised("1")));
        QVERIFY2(raised("86").contains("of 86 channels was"), qPrintable(raised("86")));
        words::setLanguage("zh");
        QVERIFY(raised("86").contains("86 个通道"));
    }

    void refused_choices_are_told_in_words() {
        const Problem problem{"plan.target_refuses",
                              Severity::warning,
                              "/c",
                              {"weight.granularity", "channel", "tensor", "SpacemiT K1"}};
        QCOMPARE(
            words::message(problem),
            QString(
                "“/c”: SpacemiT K1 can't run Weight granularity = Per channel; Per tensor is used instead."));
        words::setLanguage("zh");
        // Every field has words of its own there, none its path.
        for (const FieldInfo& field : fields()) {
            if (field.values.size() < 2)
                continue;
            const std::string wanted(field.values[0]), instead(field.values[1]);
            const QString message = words::message({"plan.target_refuses",
                                                    Severity::warning,
                                                    "/c",
                                                    {std::string(field.path), wanted, instead, "K1"}});
            const auto at = [&](const QString& text) { return message.indexOf(text); };
            QVERIFY2(has_chinese(words::name(field.field)) && at(words::name(field.field)) >= 0,
                     qPrintable(message));
            QVERIFY2(at(words::value(field.field, wanted)) >= 0, qPrintable(message));
            QVERIFY2(at("“" + words::value(field.field, instead) + "”") >= 0, qPrintable(message));
        }
    }

    void fp16_overflow_names_the_layer() {
        const Problem problem{"fp16.overflow", Severity::warning, "/head/Gemm", {}};
        QVERIFY(words::message(problem).contains("“/head/Gemm” stays float"));
        QVERIFY(words::message(problem).contains("65504"));
    }

    void names_of_everything() {
        for (const char* language : {"en", "zh"}) {
            words::setLanguage(language);
            QSet<QString> fields_seen, reasons_seen, modes_seen, sentences_seen, origins_seen;
            for (const FieldInfo& field : fields()) {
                fields_seen.insert(words::name(field.field));
                QSet<QString> values_seen;
                for (const auto value : field.values) {
                    const QString text = words::value(field.field, std::string(value));
                    // Formats are known by their names; everything else has a word.
                    const bool named = text != QString::fromUtf8(value.data(), qsizetype(value.size()));
                    QVERIFY2(named, qPrintable(text));
                    values_seen.insert(text);
                }
                QCOMPARE(values_seen.size(), qsizetype(field.values.size()));
            }
            QCOMPARE(fields_seen.size(), static_cast<qsizetype>(field_count));
            for (int reason = 0; reason <= static_cast<int>(KeptFloat::scores); ++reason) {
                reasons_seen.insert(words::name(static_cast<KeptFloat>(reason)));
                QVERIFY(!words::reason(static_cast<KeptFloat>(reason)).isEmpty());
            }
            QCOMPARE(reasons_seen.size(), static_cast<qsizetype>(KeptFloat::scores) + 1);
            for (int mode = 0; mode <= static_cast<int>(LayerMode::fp16); ++mode) {
                modes_seen.insert(words::name(static_cast<LayerMode>(mode)));
                sentences_seen.insert(words::sentence(static_cast<LayerMode>(mode)));
            }
            QCOMPARE(modes_seen.size(), 5);
            QCOMPARE(sentences_seen.size(), 5);
            for (int stage = 0; stage <= static_cast<int>(Stage::evaluate); ++stage)
                QVERIFY(!words::name(static_cast<Stage>(stage)).isEmpty());
            for (int origin = 0; origin <= static_cast<int>(Origin::tensor); ++origin)
                origins_seen.insert(words::name(static_cast<Origin>(origin)));
            QCOMPARE(origins_seen.size(), static_cast<qsizetype>(Origin::tensor) + 1);
        }
        QCOMPARE(words::value(Field::activation_format, "int8"), QString("INT8"));
        QCOMPARE(words::value(Field::weight_symmetric, "true"), QString("对称"));
        QCOMPARE(words::value(Field::threshold_percentile, "99.99"), QString("99.99"));
        QCOMPARE(words::value(Field::weight_block_size, "32"), QString("32"));
        QCOMPARE(words::value(Field::threshold_method, "moving-average"), QString("滑动平均"));
        QCOMPARE(words::value(Field::mode, "weight-only"), QString("仅权重"));
        QCOMPARE(words::name(Origin::given), QString("模型自带（QAT）"));
    }

    void values_that_need_it_are_explained() {
        for (const char* language : {"en", "zh"}) {
            words::setLanguage(language);
            const bool chinese = QString(language) == "zh";
            for (const Field field : {Field::activation_range, Field::weight_range, Field::activation_divisor,
                                      Field::weight_divisor, Field::threshold_method, Field::rounding})
                for (const auto value : info(field).values) {
                    const QString text = words::explanation(field, std::string(value));
                    QVERIFY2(!text.isEmpty(), std::string(value).c_str());
                    QCOMPARE(has_chinese(text), chinese);
                }
            QVERIFY(words::explanation(Field::weight_format, "int8").isEmpty());
        }
    }

    void every_preset_is_explained() {
        for (const auto& [name, preset] : presets()) {
            words::setLanguage("en");
            QVERIFY2(!words::presetExplanation(name).isEmpty(), name.c_str());
            words::setLanguage("zh");
            QVERIFY2(has_chinese(words::presetExplanation(name)), name.c_str());
        }
        QVERIFY(words::presetExplanation("of somebody else").isEmpty());
    }

    void report_words_follow_the_language() {
        words::setLanguage("zh");
        QCOMPARE(words::reportText("Layers"), std::string("层"));
        QCOMPARE(words::reportText("warning"), std::string("警告"));
        QCOMPARE(words::reportText("not_in_target"), words::name(KeptFloat::not_in_target).toStdString());
        words::setLanguage("en");
        QCOMPARE(words::reportText("Layers"), std::string("Layers"));
    }

    void the_language_is_the_systems() {
        qputenv("LC_ALL", "");
        qputenv("LC_MESSAGES", "");
        qputenv("LANG", "zh_TW.UTF-8");
        QCOMPARE(words::systemLanguage(), QString("zh"));
        qputenv("LC_ALL", "de_DE.UTF-8");
        QCOMPARE(words::systemLanguage(), QString("en"));
        words::setLanguage("xx");
        QCOMPARE(words::currentLanguage(), QString("en"));
    }

    void chinese_is_complete() {
        QFile file(QUANTWRIGHT_SOURCE_DIR "/translations/quantwright_zh_CN.ts");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QRegularExpression context("<context>\\s*<name>(.*?)</name>(.*?)</context>",
                                   QRegularExpression::DotMatchesEverythingOption);
        QStringList unfinished;
        for (auto found = context.globalMatch(text); found.hasNext();) {
            const auto one = found.next();
            if (const auto count = one.captured(2).count("type=\"unfinished\""); count > 0)
                unfinished.append(QString("%1: %2").arg(one.captured(1)).arg(count));
        }
        QVERIFY2(unfinished.isEmpty(), qPrintable(unfinished.join(", ")));
    }
};

QTEST_GUILESS_MAIN(TestWords)
#include "test_words.moc"

// docs/errors.md, the catalogue, the tables of words and what core emits name the same codes.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include "core/base/error.h"
#include "widgets/words/words.h"

using namespace quantwright;

class TestErrorsDocument : public QObject {
    Q_OBJECT

    static QString read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    static QSet<QString> known() {
        QSet<QString> codes;
        for (const ErrorInfo& info : error_catalogue())
            codes.insert(QString::fromUtf8(info.name.data(), static_cast<qsizetype>(info.name.size())));
        for (const std::string& code : words::problemCodes())
            codes.insert(QString::fromStdString(code));
        return codes;
    }

private slots:
    void lists_every_code_with_meaning_and_way_out() {
        const QString text = read(QUANTWRIGHT_SOURCE_DIR "/docs/errors.md");
        QVERIFY(!text.isEmpty());
        QSet<QString> documented;
        static const QRegularExpression row("^\\| `([^`]+)` \\| (.+) \\| (.+) \\|$",
                                            QRegularExpression::MultilineOption);
        for (auto found = row.globalMatch(text); found.hasNext();) {
            const auto match = found.next();
            documented.insert(match.captured(1));
            QVERIFY2(match.captured(2).size() > 10 || match.captured(1) == "cancelled",
                     qPrintable(match.captured(1)));
        }
        QSet<QString> missing = known();
        missing.subtract(documented);
        QVERIFY2(missing.isEmpty(), qPrintable(QStringList(missing.values()).join(", ")));
        documented.subtract(known());
        QVERIFY2(documented.isEmpty(), qPrintable(QStringList(documented.values()).join(", ")));
    }

    void knows_every_problem_that_core_emits() {
        static const QRegularExpression problem(
            "(?:problems\\.push_back\\(|Problem)\\s*\\{\\s*\"([a-z_]+\\.[a-z_0-9]+)\"");
        const QSet<QString> codes = known();
        int found_any = 0;
        for (const char* folder : {"core", "app", "widgets"}) {
            QDirIterator files(QStringLiteral(QUANTWRIGHT_SOURCE_DIR "/") + folder, {"*.cpp"}, QDir::Files,
                               QDirIterator::Subdirectories);
            while (files.hasNext()) {
                const QString path = files.next();
                for (auto found = problem.globalMatch(read(path)); found.hasNext(); ++found_any) {
                    const QString code = found.next().captured(1);
                    QVERIFY2(codes.contains(code),
                             qPrintable(QString("%1 in %2 has no words").arg(code, path)));
                }
            }
        }
        QVERIFY(found_any >= 5);
    }
};

QTEST_GUILESS_MAIN(TestErrorsDocument)
#include "test_errors_document.moc"

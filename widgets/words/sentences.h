#pragma once
// A row of the tables of sentences. Private to widgets/words.
#include <QString>
#include <QStringList>
#include <span>
#include <string_view>

namespace quantwright::words {

/// English source texts of the context "Words". In both, “%1” is the subject (of a problem: the layer), %2
/// and on are a problem's arguments.
struct Sentences {
    std::string_view code;
    const char* message;
    const char* hint;
    const char* nobody;      ///< says what “%1” is where the subject is empty
    int count_argument = 0;  ///< which problem argument %n is, from 1; 0: the sentence has no %n
};

[[nodiscard]] std::span<const Sentences> errorSentences();
[[nodiscard]] std::span<const Sentences> problemSentences();

/// Translates `text`; `subject` and `arguments` go in as they are, whatever they hold.
[[nodiscard]] QString say(const Sentences& sentences, const char* text, const QString& subject,
                          const QStringList& arguments);

}  // namespace quantwright::words

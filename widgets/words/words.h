#pragma once
// The words for what core says in codes: sentences in the language that is set. The window and the command
// line say the same. A new code is a new row of error_words.cpp or problem_words.cpp.
#include <QString>
#include <QStringList>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/calibrate/threshold.h"
#include "core/evaluate/measured_on.h"
#include "core/evaluate/output_parts.h"
#include "core/plan/resolve.h"
#include "core/plan/settings.h"
#include "core/task/judge.h"

namespace quantwright::words {

/// A sentence that names the subject.
[[nodiscard]] QString message(const Error& error);
/// What can be done about it; empty for `cancelled`.
[[nodiscard]] QString hint(const Error& error);

/// The same for problems; a code without a row is shown as it is.
[[nodiscard]] QString message(const Problem& problem);
[[nodiscard]] QString hint(const Problem& problem);

/// Codes of problems that are no errors (those are in error_catalogue()).
[[nodiscard]] std::vector<std::string> problemCodes();

[[nodiscard]] QString name(Severity severity);
[[nodiscard]] QString name(Stage stage);  ///< as a progress line begins: "Calibrating"
[[nodiscard]] QString name(Origin origin);
[[nodiscard]] QString name(ThresholdMethod method);
[[nodiscard]] QString name(KeptFloat reason);    ///< a few words, for a table's cell
[[nodiscard]] QString reason(KeptFloat reason);  ///< a sentence
[[nodiscard]] QString name(LayerMode mode);
[[nodiscard]] QString sentence(LayerMode mode);  ///< how a layer of this mode is computed
[[nodiscard]] QString name(Field field);
/// A field's value as badges and menus show it: "INT8", "Symmetric", "Per channel"; numbers as they are.
[[nodiscard]] QString value(Field field, const std::string& value);
/// What a value means, in a line for a tooltip; empty where its name says it.
[[nodiscard]] QString explanation(Field field, const std::string& value);
[[nodiscard]] QString name(Arithmetic arithmetic);
/// How many images of which source.
[[nodiscard]] QString imagesOf(const MeasuredOn& measured_on);
/// "32 images, simulated"; of an answer that is still refined "2 of 32 images so far, simulated".
[[nodiscard]] QString shortlyMeasuredOn(const MeasuredOn& measured_on, std::int64_t wanted = 0);
/// imagesOf() and the arithmetic.
[[nodiscard]] QString measuredOn(const MeasuredOn& measured_on);
[[nodiscard]] QString name(TaskKind kind);
[[nodiscard]] QString name(LabelFormat format);
/// "it has detected boxes: output0 1×22×2100": what speaks for a task.
[[nodiscard]] QString sentence(const Evidence& evidence);
/// A figure of a task as tables head it: "mAP@.5"; the name itself for one without words.
[[nodiscard]] QString figure(const std::string& name);
/// The same where there is little room: "mAP@.5 to float".
[[nodiscard]] QString figureShortly(const std::string& name);
/// Which task, its decoder, and in a line each what speaks for it.
[[nodiscard]] QString taskName(const Task& task);
[[nodiscard]] QStringList taskReasons(const Task& task);
/// Which part of which output.
[[nodiscard]] QString part(const WorstPart& worst);
/// What a preset chooses, in a line; empty for one without words.
[[nodiscard]] QString presetExplanation(const std::string& preset);

}  // namespace quantwright::words

#pragma once
// What is on the undo stack: edits of the plan, and of the task. Refers to layers and tensors by name, never
// by pointer.
#include <QUndoCommand>

#include "core/plan/edit.h"
#include "core/task/task.h"

namespace quantwright {

class Workspace;

class EditCommand : public QUndoCommand {
public:
    EditCommand(Workspace* workspace, Edit forward, Edit inverse)
        : m_workspace(workspace), m_forward(std::move(forward)), m_inverse(std::move(inverse)) {}

    void undo() override;
    void redo() override;
    /// What it does, for a menu in whichever language is on.
    [[nodiscard]] const Edit& edit() const { return m_forward; }

private:
    Workspace* m_workspace;
    Edit m_forward, m_inverse;
};

/// Another task, as one step of undo.
class TaskCommand : public QUndoCommand {
public:
    TaskCommand(Workspace* workspace, TaskChoice before, TaskChoice after)
        : m_workspace(workspace), m_before(std::move(before)), m_after(std::move(after)) {}

    void undo() override;
    void redo() override;

private:
    Workspace* m_workspace;
    TaskChoice m_before, m_after;
};

}  // namespace quantwright

# SPDX-License-Identifier: GPL-3.0-or-later
"""What all algorithms share: parameters become one request, which the worker runs."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Dict, FrozenSet, List, Optional, Tuple, Type, Union

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputDefinition,
    QgsReferencedRectangle,
)
from qgis.PyQt.QtGui import QIcon

from ..engine.contract.copies import FOLDER_PREFIX
from ..engine.contract.errors import CoverloomError
from ..engine.contract.jobs import JOBS
from ..engine.contract.jobs.base import Job
from . import canvas, running
from .help import help_address, help_of
from .intake import Intake
from .interpreter import worker_python
from .outputs import Destination
from .parameters import Parameter, Reading
from .translation import tr
from .worker import run_job

Outcome = Union[Destination, QgsProcessingOutputDefinition]


class CoverloomAlgorithm(QgsProcessingAlgorithm):
    """One algorithm. Children name themselves and list what they take and give.

    Attributes:
        NAME: The id after the colon, and the name of the request; never changes.
        GROUP: The group's id; never changes.
    """

    NAME: ClassVar[str] = ""
    GROUP: ClassVar[str] = ""

    def takes(self) -> List[Parameter]:
        """The parameters."""
        raise NotImplementedError

    def gives(self) -> List[Outcome]:
        """The outputs."""
        raise NotImplementedError

    def extra_fields(self) -> Dict[str, Any]:
        """Fields of the request that no parameter fills."""
        return {}

    def python(self) -> Path:
        """The interpreter that runs the worker."""
        return worker_python()

    def cautions(self, parameters: Dict[str, Any]) -> List[str]:
        """What to warn of before a run, once its parameters were read."""
        return []

    def layer_group(self, request: Job) -> str:
        """Name of the group in which the run's maps are shown."""
        return self.displayName()

    @property
    def request_class(self) -> Type[Job]:
        """The request that the worker gets."""
        return JOBS.load(self.NAME)

    def name(self) -> str:
        """The id after the colon."""
        return self.NAME

    def groupId(self) -> str:
        """The group's id."""
        return self.GROUP

    def shortDescription(self) -> str:
        """One line."""
        return tr(help_of(self.NAME).short)

    def tags(self) -> List[str]:
        """What the Toolbox's search finds it by: its English name too, which the pages have."""
        return [help_of(self.NAME).title]

    def shortHelpString(self) -> str:
        """The help panel."""
        named = [*self.outputDefinitions(), *self.parameterDefinitions()]
        return help_of(self.NAME).page({item.name(): item.description() for item in named})

    def helpUrl(self) -> str:
        """Where the dialog's *Help* leads."""
        return help_address(self.NAME)

    def icon(self) -> QIcon:
        """Coverloom's, so that searches and lists of last used ones show whose it is."""
        return self.provider().icon() if self.provider() else super().icon()

    def svgIconPath(self) -> str:
        """The same, for the modeler."""
        return self.provider().svgIconPath() if self.provider() else super().svgIconPath()

    def createInstance(self) -> CoverloomAlgorithm:
        """A fresh one for one run."""
        return type(self)()

    def initAlgorithm(self, config: Optional[Dict[str, Any]] = None) -> None:
        """Declare the parameters and outputs; QGIS then owns their definitions."""
        self._parameters: Dict[str, Parameter] = {}
        self._destinations: Dict[str, Destination] = {}
        texts = help_of(self.NAME)
        for parameter in self.takes():
            key = parameter.definition.name()
            parameter.definition.setHelp(_translated(texts.parameters, key))
            self._parameters[key] = parameter
            self.addParameter(parameter.definition)
        for outcome in self.gives():
            if isinstance(outcome, Destination):
                key = outcome.definition.name()
                outcome.definition.setHelp(_translated(texts.outputs, key))
                self._destinations[key] = outcome
                self.addParameter(outcome.definition)
            else:
                self.addOutput(outcome)

    def checkParameterValues(
        self, parameters: Dict[str, Any], context: QgsProcessingContext
    ) -> Tuple[bool, str]:
        """Whether the worker would take the request; nothing is written."""
        accepted, message = super().checkParameterValues(parameters, context)
        if not accepted:
            return accepted, message + self._refused(parameters, context)
        try:
            paths = {d.field: d.planned(parameters) for d in self._destinations.values()}
            intake = self._intake(None, parameters, context)
            self._request(self._read(parameters, context, intake), paths)
        except (CoverloomError, QgsProcessingException) as error:
            return False, str(error)
        return True, ""

    def prepareAlgorithm(
        self,
        parameters: Dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> bool:
        """Read the parameters, in the thread that owns the layers."""
        # Neither a model nor a background task calls it.
        accepted, message = self.checkParameterValues(parameters, context)
        if not accepted:
            raise QgsProcessingException(message)
        self._folder = TemporaryDirectory(prefix=FOLDER_PREFIX)
        self._layers = self._intake(Path(self._folder.name), parameters, context)
        self._fields = self._read(parameters, context, self._layers)
        for caution in self.cautions(parameters):
            feedback.pushWarning(caution)
        return True

    def processAlgorithm(
        self,
        parameters: Dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> Dict[str, Any]:
        """Run the worker; in the Toolbox this is a thread of its own."""
        # Not earlier: in a thread, the maps to load are noted in the thread's own context.
        paths = {d.field: d.path(self, parameters, context) for d in self._destinations.values()}
        layers = [paths[d.field] for d in self._destinations.values() if d.is_layer]
        try:
            with running.counted(feedback):
                outputs = self._work(paths, feedback, self._unchosen(parameters))
        except QgsProcessingException:
            canvas.leave_out(context, layers)  # or newer QGIS complains of each under the reason
            raise
        for key, destination in self._destinations.items():
            outputs.setdefault(key, getattr(self._job, destination.field) or None)
        self._unmade = [
            path
            for key, destination in self._destinations.items()
            if destination.is_layer and outputs[key] is None and (path := paths[destination.field])
        ]
        return {item.name(): outputs.get(item.name()) for item in self.outputDefinitions()}

    def postProcessAlgorithm(
        self, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> Dict[str, Any]:
        """Say how the maps are shown; QGIS loads them afterwards."""
        canvas.leave_out(context, self._unmade)
        maps = [item for item in self._destinations.values() if item.is_map]
        paths = [getattr(self._job, item.field) for item in maps]
        canvas.place(context, paths, [m.style for m in maps], self.layer_group(self._job))
        return {}

    def _unchosen(self, parameters: Dict[str, Any]) -> FrozenSet[str]:
        """Keys of the outputs that are asked for only because the dialog does it by itself."""
        destinations = self._destinations.items()
        return frozenset(key for key, each in destinations if not each.chosen(parameters))

    def _work(
        self, paths: Dict[str, str], feedback: QgsProcessingFeedback, unchosen: FrozenSet[str]
    ) -> Dict[str, Any]:
        """Have the worker do it; its outputs."""
        with self._folder as folder:
            try:
                self._job = self._request(self._fields, paths)
                python = self.python()
            except CoverloomError as error:
                raise QgsProcessingException(str(error)) from error
            self._layers.write(feedback)
            return run_job(self._job, python, Path(folder), feedback, unchosen)

    def _refused(self, parameters: Dict[str, Any], context: QgsProcessingContext) -> str:
        """The value that QGIS does not take: its own sentence names the parameter only."""
        for definition in self.parameterDefinitions():
            value = parameters.get(definition.name())
            if value is not None and not definition.checkValueIsAcceptable(value, context):
                values = value if isinstance(value, (list, tuple)) else [value]
                return f": {', '.join(map(str, values))}"
        return ""

    def _intake(
        self, folder: Optional[Path], parameters: Dict[str, Any], context: QgsProcessingContext
    ) -> Intake:
        extent = None
        if "EXTENT" in self._parameters and parameters.get("EXTENT") not in (None, ""):
            box = self.parameterAsExtent(parameters, "EXTENT", context)
            crs = self.parameterAsExtentCrs(parameters, "EXTENT", context)
            extent = QgsReferencedRectangle(box, crs)
        return Intake(folder, extent)

    def _read(
        self, parameters: Dict[str, Any], context: QgsProcessingContext, intake: Intake
    ) -> Dict[str, Any]:
        """Fields of the request but its paths."""
        reading = Reading(self, parameters, context, intake)
        fields = self.extra_fields()
        for key, parameter in self._parameters.items():
            for field, read in parameter.fields.items():
                fields[field] = read(reading, key)
        return fields

    def _request(self, fields: Dict[str, Any], paths: Dict[str, str]) -> Job:
        """The request, validated."""
        request = self.request_class(**fields, **paths)
        request.validate()
        return request


def _translated(texts: Dict[str, str], key: str) -> str:
    """A text of the help; empty where there is none, which has no translation."""
    return tr(texts[key]) if key in texts else ""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way a job can go wrong, named after the condition.

A message says what is wrong and the value received; the remedy says what to do. Both reach the
user as one text, in the Toolbox, on the console of ``qgis_process`` and in the worker's events.
"""

from __future__ import annotations


class CoverloomError(Exception):
    """Something the user can act on.

    Args:
        what: One sentence: what is wrong, with the value received.
        remedy: One sentence: what to do about it.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    @property
    def kind(self) -> str:
        """The condition's name, as the worker's failure event carries it."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class InvalidRequest(CoverloomError):
    """A parameter has a value that no run could use."""


class MissingInput(CoverloomError):
    """A file or folder that the job needs is not there."""


class UnreadableRaster(CoverloomError):
    """A raster cannot be opened, or its pixels cannot be read."""


class MissingBand(CoverloomError):
    """The model asks for a band that the scene does not have."""


class NotAProduct(CoverloomError):
    """A path is no Sentinel-2 product where one was asked for."""


class SeveralProducts(CoverloomError):
    """A folder or archive holds more than one product where one was asked for."""


class WrongLevel(CoverloomError):
    """A product's processing level is not the one that the model was trained on."""


class UnreadableMetadata(CoverloomError):
    """A product's metadata file is damaged."""


class AmbiguousBand(CoverloomError):
    """The scene has a band that the model asks for more than once."""


class BandCountMismatch(CoverloomError):
    """The scene has another number of bands than the model, and no names to bind them by."""


class MissingCRS(CoverloomError):
    """A raster does not say where on Earth it lies."""


class GridMismatch(CoverloomError):
    """Rasters cannot be brought onto one grid."""


class EmptyIntersection(CoverloomError):
    """The extent or mask and the raster have no pixel in common."""


class UnreadableModel(CoverloomError):
    """An ONNX file is damaged, unsafe, or beyond what ONNX Runtime can load."""


class MissingCard(CoverloomError):
    """An ONNX file carries no Coverloom card."""


class InvalidCard(CoverloomError):
    """A card is not valid JSON, of an unknown version, or has an unusable field."""


class CardMismatch(CoverloomError):
    """A card says something about its artefact that is not so."""


class UnknownName(CoverloomError):
    """A file, folder or row carries a name that the archive's rules do not give."""


class UnknownClass(CoverloomError):
    """A pixel or a label names a class that is in no nomenclature."""


class NotAnArchive(CoverloomError):
    """A folder holds no patches where an archive was asked for."""


class UnreadableVector(CoverloomError):
    """A vector file cannot be read."""


class UnreadableTable(CoverloomError):
    """A metadata table or patch index is damaged or of another schema."""


class NotAGranule(CoverloomError):
    """A file is no GEDI L4A granule, or lacks fields that are needed."""


class UnreachableCatalogue(CoverloomError):
    """A catalogue of scenes does not answer."""


class UnusableCatalogue(CoverloomError):
    """A catalogue answers, but not with what a catalogue holds."""


class UnreadableAsset(CoverloomError):
    """A file that a catalogue names is missing, cut, or no raster."""


class UnreachableStorage(CoverloomError):
    """A file in an object store or on the web cannot be read after several attempts."""


class StoreOutage(UnreachableStorage):
    """An object store or web server gives one file after the other not: it is not the files."""


class UnwritablePath(CoverloomError):
    """An output cannot be written where it was asked for."""


class OutputIsInput(CoverloomError):
    """An output would overwrite one of the inputs."""


class NotEnoughDisk(CoverloomError):
    """The outputs do not fit on the disk."""


class DeviceUnavailable(CoverloomError):
    """The device asked for cannot be used on this machine."""


class MissingPackage(CoverloomError):
    """The worker's environment lacks a package that this job needs."""


class RuntimeMissing(CoverloomError):
    """There is no Python environment to run the worker in."""


class RuntimeBuildFailed(CoverloomError):
    """The worker's environment could not be built or does not work."""


class RuntimeBusy(CoverloomError):
    """Another process is building the worker's environment."""


class UnsuitablePython(CoverloomError):
    """The Python found cannot be the base of the worker's environment."""


class UnusablePatch(CoverloomError):
    """A patch has no content that could be written."""


class SchedulerUnreachable(CoverloomError):
    """The Dask scheduler does not answer, or has no workers."""


class UnfitWorker(CoverloomError):
    """A worker of a cluster cannot do the work: another Python, no package, no file."""


class EmptySelection(CoverloomError):
    """Nothing is left of what there was to choose from."""


class NothingMapped(CoverloomError):
    """Not one of many tiles could be mapped."""


class DamagedDataset(CoverloomError):
    """A dataset's file is cut, altered, or not what its card says."""


class OtherSettings(CoverloomError):
    """The output folder holds an earlier run with other settings."""


class UnusableLayer(CoverloomError):
    """An expression or a function of the user's own gives no layer."""


class TrainingDiverged(CoverloomError):
    """The loss is no number any more."""


class DamagedRun(CoverloomError):
    """A file of a training run is cut, altered, or not what its settings say."""


class WorkerCrashed(CoverloomError):
    """The worker ended without saying why."""


class Cancelled(CoverloomError):
    """The user stopped the job."""

    def __init__(self, what: str = "The job was cancelled.", remedy: str = "") -> None:
        super().__init__(what, remedy)

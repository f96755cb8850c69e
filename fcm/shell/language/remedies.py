"""What to do about errors that PowerShell has in words of its own, which end with what went wrong."""

from __future__ import annotations

_PATH = "Check the path: Get-Location shows the working folder, Get-ChildItem what is in it."
_VALUE = "Check that the value fits, or convert it with -as, which gives $null for what does not."
_STRICT = "Check the name. Set-StrictMode -Off lets it be read as $null."
_MEMBERS = "Get-Member shows the properties and methods of an object."
REMEDIES: dict[str, str] = {
    "AddHashTableToNonHashTable": "Add a hashtable, or set a value: $table.Name = value.",
    "ArgumentException": "Check the arguments; $table[key] = value replaces a value that is there.",
    "ArgumentOutOfRangeException": "Check the arguments: a position is from 0 to the length minus one.",
    "BadReplaceArgument": "Specify at most a pattern and a replacement.",
    "CannotConvertArgumentNoMessage": _VALUE,
    "ConvertToFinalInvalidCastException": _VALUE,
    "FormatError": "Check the format: {0} is the first value after -f.",
    "GenericMeasurePropertyNotFound": _MEMBERS,
    "InvokeMethodOnNull": "Check the value first: if ($null -ne $value) { ... }.",
    "MethodCountCouldNotFindBest": "Check how many arguments the method takes.",
    "MethodNotFound": _MEMBERS,
    "MissingMandatoryParameter": "Specify a value for each of these parameters.",
    "NamedParameterNotFound": "Check the name: param( ) of the function has its parameters.",
    "NullArray": "Check the value first: if ($null -ne $value) { ... }.",
    "NullArrayIndex": "Check the index: it is $null.",
    "ParameterArgumentTransformationError": "Specify a value of the type of the parameter.",
    "ParameterArgumentValidationError": "Specify a value that the parameter permits.",
    "ParameterArgumentValidationErrorNullNotAllowed": "Check that the expression has a value.",
    "PathNotFound": _PATH,
    "PropertyAssignmentException": _MEMBERS,
    "PropertyNotFound": _MEMBERS,
    "PropertyNotFoundStrict": _STRICT,
    "StrictModeFunctionCallWithParens": "Write the arguments after the name, with spaces between them.",
    "ValidateSetFailure": "Choose a value that the attribute of the variable permits.",
    "VariableIsUndefined": _STRICT,
    "VariableNotFound": "Check the name: Get-Variable shows the variables.",
    "VariableNotWritable": "Choose another name.",
}
"""By PowerShell's id, without the cmdlet."""


def usual_remedy(known_id: str) -> str:
    """What to do about an error of an id; "" if that is not known."""
    name = known_id.partition(",")[0]
    return _VALUE if name.startswith("InvalidCast") else REMEDIES.get(name, "")

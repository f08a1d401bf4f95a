"""Values that a config names instead of holding: variables of the environment, files, secrets."""

from pydantic import Field, model_validator

from runner.domain.noun import Noun


class SecretRef(Noun):
    """Where a secret is kept. The value itself never stands in a config."""

    env: str | None = Field(None, description="Name of the environment variable that holds it.")
    file: str | None = Field(None, description="Path of a file that holds it, outside the agent.")
    prefix: str = Field("", description="Text put before the value, for instance `Bearer `.")

    @model_validator(mode="after")
    def _one_source(self) -> "SecretRef":
        if (self.env is None) == (self.file is None):
            raise ValueError("give exactly one of `env` and `file`")
        return self

    @property
    def label(self) -> str:
        """What a redaction mark calls this secret."""
        return self.env or str(self.file)


class VariableRef(Noun):
    """A variable of the agent, whose value the environment's pointer gives."""

    var: str = Field(description="Name of a variable declared in agent.yaml.")
    suffix: str = Field("", description="Text put after the value, for instance a path.")


class FileRef(Noun):
    """A file of the same agent, by its path relative to the agent's directory."""

    file: str = Field(description="Path relative to the agent's directory.")


class TextSource(Noun):
    """Text in place or in a file; templating is off unless asked for."""

    file: str | None = Field(None, description="Path relative to the agent's directory.")
    text: str | None = Field(None, description="The text itself.")
    template: str | None = Field(
        None, pattern="^jinja$", description="`jinja` renders the text with `input` and `values`."
    )

    @model_validator(mode="after")
    def _one_source(self) -> "TextSource":
        if (self.file is None) == (self.text is None):
            raise ValueError("give exactly one of `file` and `text`")
        return self

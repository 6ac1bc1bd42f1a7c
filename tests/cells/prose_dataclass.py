from dataclasses import dataclass, field, asdict
from typing import List, Optional

@dataclass
class Finding:
    chunk: int
    text: str
    score: float = 0.0
    tags: List[str] = field(default_factory=list)

    def label(self) -> str:
        return f"#{self.chunk}: {self.text[:20]} ({self.score:.2f})"

findings: List[Finding] = []
for i, para in enumerate(context.split("\n\n")[:5]):
    f = Finding(chunk=i, text=para.strip(), score=len(para) / 100)
    if "sea" in para:
        f.tags.append("sea")
    findings.append(f)
findings.sort(key=lambda f: f.score, reverse=True)
for f in findings[:2]:
    print(f.label())
result = [asdict(f) for f in findings]
